// A transformer for jest that removes types as Node does when it runs a script: lines and columns do not change.
import { stripTypeScriptTypes } from "node:module";

export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
