export { createKeychain, deleteKeychain, type Keychain, KeychainError } from "./keychain.ts";
export { addToSearchList, importIdentity, removeFromSearchList } from "./signing-keychain.ts";
