export { isPublished, mergeLedger } from "./merge.ts";
export { type LedgerPage, type LedgerRow, type LedgerState, readPage, writePage } from "./page.ts";
export { LedgerError, type LedgerStore, loadLedger, type SaveOptions, saveLedger } from "./store.ts";
export { awaitChannels, type WaitOptions } from "./wait.ts";
