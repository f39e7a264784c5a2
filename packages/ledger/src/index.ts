export { awaitsApproval, isPublished, mergeLedger } from "./merge.ts";
export { type LedgerRow, type LedgerState, readPage } from "./page.ts";
export { type LedgerRecorder, placeName, withLedger } from "./record.ts";
export { type LedgerStore, loadLedger } from "./store.ts";
export { awaitChannels } from "./wait.ts";
