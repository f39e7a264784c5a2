export { type ByteOrder, ByteWindow } from "./byte-window.ts";
