// Jest's transformer: takes the types out as Node does when it runs a script, so that lines and columns stay.
import { stripTypeScriptTypes } from "node:module";

export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
