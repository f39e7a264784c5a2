export { createKeychain, deleteKeychain } from "./keychain.ts";
export { addToSearchList, importIdentity, removeFromSearchList } from "./signing-keychain.ts";
