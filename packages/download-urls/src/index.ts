export { CHECKSUMS_AND_SIGNATURES, fileFilter } from "./file-filter.ts";
export {
  type Gateway,
  GatewayError,
  gatewayUrl,
  githubUrl,
  parseGateway,
  parseRepository,
  type ReleaseFile,
  type Repository,
} from "./gateway.ts";
export { type Download, type RewriteOptions, type Rewritten, rewriteUrls } from "./rewrite.ts";
export { type Verdict, verifyRedirect } from "./verify.ts";
