export { AppStoreKeyError, type AppStoreKeyFile, readAppStoreKey } from "./read-key.ts";
