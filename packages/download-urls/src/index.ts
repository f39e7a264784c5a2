export { CHECKSUMS_AND_SIGNATURES, fileFilter } from "./file-filter.ts";
export { type Gateway, gatewayUrl, parseGateway, parseRepository } from "./gateway.ts";
export { type Download, type Rewritten, rewriteUrls } from "./rewrite.ts";
export { verifyRedirect } from "./verify.ts";
