export { checkIdentity, describeWrongKind } from "./check-identity.ts";
export { encodeForMacos } from "./encode-for-macos.ts";
export { isIdentity, openIdentity, type SigningIdentity, SigningIdentityError } from "./identity.ts";
