export {
  boolean,
  type Decoder,
  integer,
  JsonError,
  listOf,
  literal,
  mapOf,
  object,
  optional,
  string,
  text,
} from "./decoder.ts";
export { decodeJson, parseJson } from "./parse.ts";
