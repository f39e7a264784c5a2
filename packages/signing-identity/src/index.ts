export { checkIdentity, describeWrongKind, type IdentityExpectations } from "./check-identity.ts";
export { encodeForMacos } from "./encode-for-macos.ts";
export { SigningIdentityError } from "./error.ts";
export { isIdentity, openIdentity, type SigningIdentity } from "./identity.ts";
