export { AppStoreKeyError, readAppStoreKey } from "./read-key.ts";
