export { awaitsApproval, isPublished, mergeLedger } from "./merge.ts";
export { type LedgerPage, type LedgerRow, type LedgerState, readPage, writePage } from "./page.ts";
export { type Beginning, type LedgerRecorder, placeName, withLedger } from "./record.ts";
export {
  LedgerError,
  type LedgerStore,
  loadLedger,
  loadPages,
  type NamedPage,
  type SaveOptions,
  saveLedger,
} from "./store.ts";
export { awaitChannels, type WaitOptions } from "./wait.ts";
