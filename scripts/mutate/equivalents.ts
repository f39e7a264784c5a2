// Mutants that no test can notice, since the changed program behaves the same. `npm run mutate` leaves them out.
import type { Equivalents } from "./equivalence.ts";

export const EQUIVALENTS: Equivalents = {
  "packages/cargo/src/cfg.ts": [
    {
      line: 'const tokens = key.startsWith("cfg(") && key.endsWith(")") ? tokenize(key) : undefined;',
      becomes: 'const tokens = key.startsWith("cfg(") && key.endsWith("") ? tokenize(key) : undefined;',
      reason: "A text with another end has no closing parenthesis as its last token, or a space that begins no token.",
    },
  ],
  "packages/archive/src/bzip2.ts": [
    {
      line: "const larger = Buffer.allocUnsafe(2 * this.length);",
      becomes: "const larger = Buffer.allocUnsafe((2 + 1) * this.length);",
      reason: "How much room is left behind the decoded bytes changes nothing in them.",
    },
  ],
  "packages/archive/src/tar-writer.ts": [
    {
      line: 'const mode = ("mode" in entry ? entry.mode : undefined) ?? MODES[entry.kind];',
      becomes: "const mode = (true ? entry.mode : undefined) ?? MODES[entry.kind];",
      reason: "A mode that is not there is undefined: the question is there for the type.",
    },
  ],
  "packages/archive/src/tolerant-tar-reader.ts": [
    {
      line: "while ((await this.#cursor.take(64 * 1024)).length > 0);",
      becomes: "while ((await this.#cursor.take((64 + 1) * 1024)).length > 0);",
      reason: "The size of the pieces changes nothing in what they hold.",
    },
    {
      line: "while ((await this.#cursor.take(64 * 1024)).length > 0);",
      becomes: "while ((await this.#cursor.take(64 * (1024 + 1))).length > 0);",
      reason: "The size of the pieces changes nothing in what they hold.",
    },
  ],
  "packages/archive/src/zip-directory.ts": [
    {
      line: 'paths.add(entry.path, entry.kind === "file" ? "leaf" : "folder", offset);',
      becomes: 'paths.add(entry.path, entry.kind === "file" ? "" : "folder", offset);',
      reason: "What is not called a folder is taken for a leaf.",
    },
  ],
  "packages/archive/src/zip-header.ts": [
    {
      line: "const method = id === 0 || id === 8 ? METHODS[id] : undefined;",
      becomes: "const method = true ? METHODS[id] : undefined;",
      reason: "The list has these two methods and no other: the question is there for the type.",
    },
  ],
  "packages/archive/src/zip-stored-stream.ts": [
    {
      line: "const READ_BYTES = 256 * 1024;",
      becomes: "const READ_BYTES = (256 + 1) * 1024;",
      reason: "The size of the pieces changes nothing in what they hold.",
    },
    {
      line: "const READ_BYTES = 256 * 1024;",
      becomes: "const READ_BYTES = 256 * (1024 + 1);",
      reason: "The size of the pieces changes nothing in what they hold.",
    },
  ],
  "packages/cargo/src/config-files.ts": [
    {
      line: 'const EMPTY: TomlTable = { kind: "table", entries: new Map(), location: { file: "", line: 1 }, start: 0, end: 0 };',
      becomes:
        'const EMPTY: TomlTable = { kind: "table", entries: new Map(), location: { file: "", line: 1 }, start: (0 + 1), end: 0 };',
      reason: "The table is not in a file, so its offsets are never read.",
    },
  ],
  "packages/cargo/src/flag.ts": [
    {
      line: "const option = equals > 0 ? first.slice(0, equals) : attachedShort ? first.slice(0, 2) : first;",
      becomes: "const option = equals >= 0 ? first.slice(0, equals) : attachedShort ? first.slice(0, 2) : first;",
      reason: "The equals sign comes after `--`, so its offset is at least 2.",
    },
    {
      line: "const option = equals > 0 ? first.slice(0, equals) : attachedShort ? first.slice(0, 2) : first;",
      becomes: "const option = equals > (0 + 1) ? first.slice(0, equals) : attachedShort ? first.slice(0, 2) : first;",
      reason: "The equals sign comes after `--`, so its offset is at least 2.",
    },
    {
      line: "const value = next ?? (equals > 0 ? first.slice(equals + 1) : attachedShort ? first.slice(2) : undefined);",
      becomes:
        "const value = next ?? (equals >= 0 ? first.slice(equals + 1) : attachedShort ? first.slice(2) : undefined);",
      reason: "The equals sign comes after `--`, so its offset is at least 2.",
    },
    {
      line: "const value = next ?? (equals > 0 ? first.slice(equals + 1) : attachedShort ? first.slice(2) : undefined);",
      becomes:
        "const value = next ?? (equals > (0 + 1) ? first.slice(equals + 1) : attachedShort ? first.slice(2) : undefined);",
      reason: "The equals sign comes after `--`, so its offset is at least 2.",
    },
  ],
  "packages/cargo/src/profile.ts": [
    {
      line: 'return node === undefined || node.kind === "array" || node.kind === "table" ? undefined : node.value;',
      becomes: 'return node === undefined || node.kind === "array" && node.kind === "table" ? undefined : node.value;',
      reason: "Lists and tables do not have a `value`, so the result is undefined too.",
    },
  ],
  "packages/cargo/src/rustc.ts": [
    {
      line: "const host = /^host: (.+)$/m.exec(result.stdout)?.[1];",
      becomes: "const host = /^host: (.+)/m.exec(result.stdout)?.[1];",
      reason: "The group matches the rest of the line.",
    },
    {
      line: "const release = /^release: (.+)$/m.exec(result.stdout)?.[1];",
      becomes: "const release = /^release: (.+)/m.exec(result.stdout)?.[1];",
      reason: "The group matches the rest of the line.",
    },
  ],
  "packages/cargo/src/rustflags.ts": [
    {
      line: ".sort(([a], [b]) => (a < b ? -1 : 1))",
      becomes: ".sort(([a], [b]) => (a < b ? -1 : (1 + 1)))",
      reason: "Only the sign of a comparison matters.",
    },
    {
      line: ".sort(([a], [b]) => (a < b ? -1 : 1))",
      becomes: ".sort(([a], [b]) => (a <= b ? -1 : 1))",
      reason: "No two keys of a table are equal.",
    },
    {
      line: 'const isOverride = ({ origin }: FlagArgument): boolean => overrides.has(origin.location?.file ?? "");',
      becomes:
        'const isOverride = ({ origin }: FlagArgument): boolean => overrides.has(origin.location?.file ?? "mutant");',
      reason: "Neither is the name of a file that was given on the command line.",
    },
  ],
  "packages/cargo/src/workspace.ts": [
    {
      line: "if (known !== undefined) return known;",
      becomes: "if (false) return known;",
      reason: "Reading a manifest again gives the same result; this line only saves time.",
    },
  ],
  "packages/channel/src/rules.ts": [
    {
      line: 'const [, channel = "", subject = "", value = ""] = /^(\\w+)\\.(\\w+)\\s*[:=]\\s*(.+)$/.exec(line.trim()) ?? [];',
      becomes:
        'const [, channel = "mutant", subject = "", value = ""] = /^(\\w+)\\.(\\w+)\\s*[:=]\\s*(.+)$/.exec(line.trim()) ?? [];',
      reason: "Without a match the line is refused: neither is the name of a channel.",
    },
    {
      line: 'const [, channel = "", subject = "", value = ""] = /^(\\w+)\\.(\\w+)\\s*[:=]\\s*(.+)$/.exec(line.trim()) ?? [];',
      becomes:
        'const [, channel = "", subject = "mutant", value = ""] = /^(\\w+)\\.(\\w+)\\s*[:=]\\s*(.+)$/.exec(line.trim()) ?? [];',
      reason: "Without a match the line is refused: neither is the name of a channel.",
    },
    {
      line: 'const [, channel = "", subject = "", value = ""] = /^(\\w+)\\.(\\w+)\\s*[:=]\\s*(.+)$/.exec(line.trim()) ?? [];',
      becomes:
        'const [, channel = "", subject = "", value = "mutant"] = /^(\\w+)\\.(\\w+)\\s*[:=]\\s*(.+)$/.exec(line.trim()) ?? [];',
      reason: "Without a match the line is refused: neither is the name of a channel.",
    },
    {
      line: 'const words = value.split(/[\\s,]+/).filter((word) => word !== "" && word !== "none");',
      becomes: 'const words = value.split(/[\\s,]/).filter((word) => word !== "" && word !== "none");',
      reason: "The next call removes the empty words between two separators.",
    },
  ],
  "packages/channel/src/tag.ts": [
    {
      line: 'const [, prefix = "", text = ""] = /^(.*?)(\\d+\\.\\d+\\.\\d+(?:[-+].*)?)$/s.exec(tag) ?? [];',
      becomes: 'const [, prefix = "mutant", text = ""] = /^(.*?)(\\d+\\.\\d+\\.\\d+(?:[-+].*)?)$/s.exec(tag) ?? [];',
      reason: "Without a match there is no version: neither text is one.",
    },
    {
      line: 'const [, prefix = "", text = ""] = /^(.*?)(\\d+\\.\\d+\\.\\d+(?:[-+].*)?)$/s.exec(tag) ?? [];',
      becomes: 'const [, prefix = "", text = "mutant"] = /^(.*?)(\\d+\\.\\d+\\.\\d+(?:[-+].*)?)$/s.exec(tag) ?? [];',
      reason: "Without a match there is no version: neither text is one.",
    },
    {
      line: 'const [, prefix = "", text = ""] = /^(.*?)(\\d+\\.\\d+\\.\\d+(?:[-+].*)?)$/s.exec(tag) ?? [];',
      becomes: 'const [, prefix = "", text = ""] = /(.*?)(\\d+\\.\\d+\\.\\d+(?:[-+].*)?)$/s.exec(tag) ?? [];',
      reason: "The lazy group takes any text, so a match always begins at the start.",
    },
    {
      line: "if (error instanceof VersionError) return undefined;",
      becomes: "if (true) return undefined;",
      reason: "`parseVersion` throws nothing else.",
    },
  ],
  "packages/channel/src/version.ts": [
    {
      line: 'const build = parsed?.build.join(".") ?? "";',
      becomes: 'const build = parsed?.build.join(".") ?? "mutant";',
      reason: "Without a parsed version, the next line throws for any build.",
    },
  ],
  "packages/difference/src/cause.ts": [
    {
      line: 'return { kind: "build-path", place, left: shorten(left), right: shorten(right), count: 1, remedy, group: "" };',
      becomes:
        'return { kind: "build-path", place, left: shorten(left), right: shorten(right), count: 1, remedy, group: "mutant" };',
      reason: "The name of a group does not matter: all paths of one pair of folders are one group.",
    },
  ],
  "packages/difference/src/run-tally.ts": [
    {
      line: "this.#byHash[a] = (this.#byHash[a] ?? 0) + count;",
      becomes: "this.#byHash[a] = (this.#byHash[a] ?? 0) - count;",
      reason: "The caller only tests whether the two sides are equal, not which of them is larger.",
    },
  ],
  "packages/difference/src/elf-texts.ts": [
    {
      line: "for (const byte of chunk) counts[byte] = (counts[byte] ?? 0) + 1;",
      becomes: "for (const byte of chunk) counts[byte] = (counts[byte] ?? (0 + 1)) + 1;",
      reason: "An array of numbers has one in every bucket.",
    },
    {
      line: "for (const byte of chunk) counts[byte] = (counts[byte] ?? 0) - 1;",
      becomes: "for (const byte of chunk) counts[byte] = (counts[byte] ?? (0 + 1)) - 1;",
      reason: "An array of numbers has one in every bucket.",
    },
    {
      line: "if (left.size !== right.size) return false;",
      becomes: "if (false) return false;",
      reason: "Parts of different sizes have different byte counts anyway; this line only avoids reading them.",
    },
  ],
  "packages/difference/src/explain-elf.ts": [
    {
      line: ".sort((x, y) => x.section - y.section || order(x.address, y.address) || (x.name < y.name ? -1 : 1))",
      becomes:
        ".sort((x, y) => x.section - y.section || order(x.address, y.address) || (x.name < y.name ? -1 : (1 + 1)))",
      reason: "Only the sign of a comparison matters.",
    },
  ],
  "packages/difference/src/flattened-layers.ts": [
    {
      line: "const sorted = [...members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));",
      becomes: "const sorted = [...members.values()].sort((a, b) => (a.name < b.name ? -1 : (1 + 1)));",
      reason: "Only the sign of a comparison matters.",
    },
  ],
  "packages/difference/src/masked-source.ts": [
    {
      line: "const bytes = hit.length === 0 ? chunk : Buffer.from(chunk);",
      becomes: "const bytes = false ? chunk : Buffer.from(chunk);",
      reason: "The copy has the same bytes; without masks it is only unnecessary.",
    },
  ],
  "packages/difference/src/narrow-source.ts": [
    {
      line: "const OTHER = 0x01;",
      becomes: "const OTHER = (1 + 1);",
      reason: "Any byte that is neither text nor NUL says that something else is there.",
    },
    {
      line: "const CHUNK_BYTES = 1 << 16;",
      becomes: "const CHUNK_BYTES = (1 + 1) << 16;",
      reason: "The size of the pieces does not change their content.",
    },
  ],
  "packages/difference/src/text-runs.ts": [
    {
      line: "check = 0;",
      becomes: "check = (0 + 1);",
      reason: "With whatever number a hash begins, it tells the same texts apart.",
    },
    {
      line: "check = (Math.imul(check, 31) + byte) | 0;",
      becomes: "check = (Math.imul(check, 31) - byte) | 0;",
      reason: "The hash of the negated bytes tells the same texts apart.",
    },
    {
      line: "const run = (chunk: Uint8Array, end: number, offset: number, behind = -1): ScannedRun => {",
      becomes: "const run = (chunk: Uint8Array, end: number, offset: number, behind = -(1 + 1)): ScannedRun => {",
      reason: "Any number that is not a byte means that nothing precedes it.",
    },
  ],
  "packages/difference/src/text-at.ts": [
    {
      line: 'const [behind = ""] = /^[\\t -~]*/.exec(text.slice(at - start)) ?? [];',
      becomes: 'const [behind = "mutant"] = /^[\\t -~]*/.exec(text.slice(at - start)) ?? [];',
      reason: "The pattern matches any text, even an empty one.",
    },
  ],
  "packages/difference/src/texts.ts": [
    {
      line: "if (other !== undefined) pairs.push(pairTexts(run, other));",
      becomes: "if (true) pairs.push(pairTexts(run, other));",
      reason: "Both lists have the same length there.",
    },
  ],
  "packages/difference/src/byte-map.ts": [
    {
      line: "counts[bucket] = (counts[bucket] ?? 0) + next - at;",
      becomes: "counts[bucket] = (counts[bucket] ?? (0 + 1)) + next - at;",
      reason: "Every element of the array is set.",
    },
  ],
  "packages/difference/src/compare-gzip-headers.ts": [
    {
      line: "const seconds = bytes.length >= 8 ? bytes.readUInt32LE(4) : 0;",
      becomes: "const seconds = bytes.length >= (8 + 1) ? bytes.readUInt32LE(4) : 0;",
      reason: "The bytes are a gzip file that was unpacked, and the shortest one has 18 bytes.",
    },
    {
      line: "const nameEnd = flags & 8 ? bytes.indexOf(0, nameAt) : nameAt;",
      becomes: "const nameEnd = flags & (8 + 1) ? bytes.indexOf(0, nameAt) : nameAt;",
      reason: "The end of the name is read only if the flag for a name is set.",
    },
  ],
  "packages/difference/src/explain-text.ts": [
    {
      line: "for (const { value, added = false, removed = false } of changes) {",
      becomes: "for (const { value, added = true, removed = false } of changes) {",
      reason: "The library sets this property for every change.",
    },
  ],
  "packages/difference/src/explain-macho.ts": [
    {
      line: "const commandsEnd = (loadCommands.at(-1)?.offset ?? 0) + read((loadCommands.at(-1)?.offset ?? 0) + 4);",
      becomes:
        "const commandsEnd = (loadCommands.at(-1)?.offset ?? (0 + 1)) + read((loadCommands.at(-1)?.offset ?? 0) + 4);",
      reason: "There is a last command: that of the signature has been found.",
    },
    {
      line: "const commandsEnd = (loadCommands.at(-1)?.offset ?? 0) + read((loadCommands.at(-1)?.offset ?? 0) + 4);",
      becomes:
        "const commandsEnd = (loadCommands.at(-1)?.offset ?? 0) + read((loadCommands.at(-1)?.offset ?? (0 + 1)) + 4);",
      reason: "There is a last command: that of the signature has been found.",
    },
  ],
  "packages/difference/src/explain-numbers.ts": [
    {
      line: "if (windows.left === undefined || windows.right === undefined) return [];",
      becomes: "if (false) return [];",
      reason: "No number is near times that are not known: this line only saves reading them.",
    },
  ],
  "packages/difference/src/pe.ts": [
    {
      line: "const at = Buffer.from(head.subarray(0, 64)).readUInt32LE(60);",
      becomes: "const at = Buffer.from(head.subarray(0, (64 + 1))).readUInt32LE(60);",
      reason: "The four bytes from 60 are read, whatever follows them.",
    },
  ],
  "packages/difference/src/spool.ts": [
    {
      line: "await pipeline(Readable.from(all()), createWriteStream(file), ...(signal === undefined ? [] : [{ signal }]));",
      becomes: "await pipeline(Readable.from(all()), createWriteStream(file), ...(false ? [] : [{ signal }]));",
      reason: "A signal that is undefined is read as one that is not there.",
    },
  ],
  "packages/difference/src/wide-text.ts": [
    {
      line: "widened.push(one === pair.left && other === pair.right ? pair : pairTexts(one, other));",
      becomes: "widened.push(false ? pair : pairTexts(one, other));",
      reason: "Two texts that are paired again are the same pair.",
    },
  ],
  "packages/digest/src/batches.ts": [
    {
      line: "export const BATCH_BYTES = 16 * 1024 * 1024;",
      becomes: "export const BATCH_BYTES = (16 + 1) * 1024 * 1024;",
      reason: "It decides which thread reads a file, and not what is hashed.",
    },
  ],
  "packages/digest/src/blake3.ts": [
    {
      line: 'mode: Blake3Mode = { kind: "hash" },',
      becomes: 'mode: Blake3Mode = { kind: "" },',
      reason: "The engine treats every mode but the other two as the plain hash.",
    },
    {
      line: 'engine: EngineChoice = "fastest",',
      becomes: 'engine: EngineChoice = "",',
      reason: "The engine treats every name except `native` and `wasm` as the fastest.",
    },
  ],
  "packages/digest/src/hash-files.ts": [
    {
      line: 'kind: "files",',
      becomes: 'kind: "",',
      reason: "The engine treats every job but one of bytes as one of files.",
    },
    {
      line: "const ahead = groups.length < availableParallelism();",
      becomes: "const ahead = groups.length <= availableParallelism();",
      reason: "It affects how long reading takes, not the digests.",
    },
    {
      line: "const ahead = groups.length < availableParallelism();",
      becomes: "const ahead = groups.length >= availableParallelism();",
      reason: "It affects how long reading takes, not the digests.",
    },
  ],
  "packages/digest/src/hash-progress.ts": [
    {
      line: "const size = this.#sizes[index] ?? 0;",
      becomes: "const size = this.#sizes[index] ?? (0 + 1);",
      reason: "Only jobs of the list finish.",
    },
  ],
  "packages/digest/src/long-digests.ts": [
    {
      line: "const content = createReadStream(file, signal === undefined ? {} : { signal });",
      becomes: "const content = createReadStream(file, false ? {} : { signal });",
      reason: "Node treats a signal that is undefined as none.",
    },
  ],
  "packages/digest/src/parse-sums.ts": [
    {
      line: "const plain = /^(\\\\?)([0-9A-Fa-f]{32,})(?: [ *]|\\t| )(.+)$/s.exec(text);",
      becomes: "const plain = /^(\\\\?)([0-9A-Fa-f]{32,})(?: [ *]|\\t| )(.+)/s.exec(text);",
      reason: "The last group takes all that is left of the line.",
    },
    {
      line: 'const [, mark, tag = "", name = "", hex = ""] = tagged;',
      becomes: 'const [, mark, tag = "mutant", name = "", hex = ""] = tagged;',
      reason: "The pattern has this group in every match.",
    },
    {
      line: 'const [, mark, tag = "", name = "", hex = ""] = tagged;',
      becomes: 'const [, mark, tag = "", name = "mutant", hex = ""] = tagged;',
      reason: "The pattern has this group in every match.",
    },
    {
      line: 'const [, mark, tag = "", name = "", hex = ""] = tagged;',
      becomes: 'const [, mark, tag = "", name = "", hex = "mutant"] = tagged;',
      reason: "The pattern has this group in every match.",
    },
    {
      line: 'const [, mark, hex = "", name = ""] = plain;',
      becomes: 'const [, mark, hex = "mutant", name = ""] = plain;',
      reason: "The pattern has this group in every match.",
    },
    {
      line: 'const [, mark, hex = "", name = ""] = plain;',
      becomes: 'const [, mark, hex = "", name = "mutant"] = plain;',
      reason: "The pattern has this group in every match.",
    },
    {
      line: 'const [, tag, hex = ""] = bare ?? [];',
      becomes: 'const [, tag, hex = "mutant"] = bare ?? [];',
      reason: "It is read only if the pattern matched, and then the group exists.",
    },
  ],
  "packages/digest/src/pool.ts": [
    {
      line: "(index < count - 1 ? threadWorker : callerWorker)({ engine, work, onReply }),",
      becomes: "(index >= count - 1 ? threadWorker : callerWorker)({ engine, work, onReply }),",
      reason: "It decides which worker runs on this thread; both hash the same.",
    },
    {
      line: 'const { engine = "fastest", threads = Math.min(availableParallelism(), MAX_THREADS), signal } = options;',
      becomes:
        'const { engine = "fastest", threads = Math.max(availableParallelism(), MAX_THREADS), signal } = options;',
      reason: "It decides how fast files are hashed, and not what is hashed.",
    },
    {
      line: 'const { engine = "fastest", threads = Math.min(availableParallelism(), MAX_THREADS), signal } = options;',
      becomes: 'const { engine = "", threads = Math.min(availableParallelism(), MAX_THREADS), signal } = options;',
      reason: "The engine treats every name except `native` and `wasm` as the fastest.",
    },
  ],
  "packages/homebrew/src/brew-version.ts": [
    {
      line: 'if (a.kind === "number") return b.kind === "number" ? sign(digits(a) - digits(b)) : 1;',
      becomes: 'if (a.kind === "number") return b.kind === "number" ? sign(digits(a) - digits(b)) : (1 + 1);',
      reason: "When a number is compared with a word, the callers only test whether the result is 0.",
    },
    {
      line: 'if (b.kind === "number") return -1;',
      becomes: 'if (b.kind === "number") return 1;',
      reason: "When a number is compared with a word, the callers only test whether the result is 0.",
    },
    {
      line: 'if (b.kind === "number") return -1;',
      becomes: 'if (b.kind === "number") return -(1 + 1);',
      reason: "When a number is compared with a word, the callers only test whether the result is 0.",
    },
  ],
  "packages/homebrew/src/foreign.ts": [
    {
      line: 'if (place === "class" && (first.text === "if" || first.text === "elsif")) return isCondition(tokens.slice(1), next);',
      becomes:
        'if (place === "class" && (first.text === "if" || first.text === "elsif")) return isCondition(tokens, next);',
      reason: "The first word is not `then`.",
    },
  ],
  "packages/homebrew/src/lex.ts": [
    {
      line: "this.#at = end < 0 ? this.#text.length : end;",
      becomes: "this.#at = end <= 0 ? this.#text.length : end;",
      reason: "The end of a comment is behind its start, so its offset is at least 1.",
    },
  ],
  "packages/homebrew/src/scan.ts": [
    {
      line: 'const parts = written(end < 0 ? condition : condition.slice(0, end)).split("&&");',
      becomes: 'const parts = written(end <= 0 ? condition : condition.slice(0, end)).split("&&");',
      reason: "A condition that begins with `then` is empty, and unknown with or without that word.",
    },
  ],
  "packages/http/src/retry.ts": [
    {
      line: "const { retryAfterMs = 0, atMost = Number.POSITIVE_INFINITY, promptly = false } = error.healing;",
      becomes: "const { retryAfterMs = (0 + 1), atMost = Number.POSITIVE_INFINITY, promptly = false } = error.healing;",
      reason: "The pause is at least as long as the backoff, which is always longer than 1 ms.",
    },
    {
      line: "this.#reporter?.info(`${error.message}; trying again in ${Math.ceil(pause / 1000)} s`);",
      becomes: "this.#reporter?.info(`${error.message}; trying again in ${Math.ceil(pause / (1000 + 1))} s`);",
      reason:
        "A pause that a server asks for stays the same after rounding up to whole seconds, and any other pause is random.",
    },
  ],
  "packages/http/src/transport.ts": [
    {
      line: 'answer.on("error", () => undefined).on("close", () => signal?.removeEventListener("abort", abort));',
      becomes: 'answer.on("", () => undefined).on("close", () => signal?.removeEventListener("abort", abort));',
      reason: "Node reports no error of an answer that nobody listens to (`IncomingMessage._destroy`).",
    },
    {
      line: "const HEADERS_TIMEOUT_MS = 30_000;",
      becomes: "const HEADERS_TIMEOUT_MS = (30000 + 1);",
      reason: "The documented limit is 30 s; no request can measure one millisecond more.",
    },
    {
      line: "silenceMs = 30_000,",
      becomes: "silenceMs = (30000 + 1),",
      reason: "The documented limit is 30 s; no request can measure one millisecond more.",
    },
    {
      line: "const start = secure ? httpsRequest : httpRequest;",
      becomes: "const start = true ? httpsRequest : httpRequest;",
      reason: "The two functions differ only in their default agent, and here an agent is always given.",
    },
    {
      line: "const start = secure ? httpsRequest : httpRequest;",
      becomes: "const start = false ? httpsRequest : httpRequest;",
      reason: "The two functions differ only in their default agent, and here an agent is always given.",
    },
    {
      line: 'if (message === undefined) signal?.removeEventListener("abort", abort);',
      becomes: 'if (true) signal?.removeEventListener("abort", abort);',
      reason: "A failing connection also closes the response, which removes the listener.",
    },
    {
      line: "resolve({ status: answer.statusCode ?? 0, headers: answer.headers, url, body: answer });",
      becomes: "resolve({ status: answer.statusCode ?? (0 + 1), headers: answer.headers, url, body: answer });",
      reason: "A response to a request always has a status code.",
    },
  ],
  "packages/macho/src/macho.ts": [
    {
      line: 'const hex = Buffer.from(bytes.subarray(0, 8)).toString("hex");',
      becomes: 'const hex = Buffer.from(bytes.subarray(0, (8 + 1))).toString("hex");',
      reason: "Of the first bytes, only the magic (at most eight) is compared and only four are shown.",
    },
  ],
  "packages/macho/src/signature/plist.ts": [
    {
      line: 'const reason = error instanceof Error ? error.message.split("\\n")[0] : error;',
      becomes: 'const reason = true ? error.message.split("\\n")[0] : error;',
      reason: "The XML parser throws only errors: it wraps what its callback throws in a `ParseError`.",
    },
  ],
  "packages/macho/src/signature/signature.ts": [
    {
      line: "RANK.indexOf(directory.hash.name) > RANK.indexOf(best.hash.name) ? directory : best,",
      becomes: "RANK.lastIndexOf(directory.hash.name) > RANK.indexOf(best.hash.name) ? directory : best,",
      reason: "Each name is in the list once.",
    },
    {
      line: "RANK.indexOf(directory.hash.name) > RANK.indexOf(best.hash.name) ? directory : best,",
      becomes: "RANK.indexOf(directory.hash.name) > RANK.lastIndexOf(best.hash.name) ? directory : best,",
      reason: "Each name is in the list once.",
    },
  ],
  "packages/macho/src/signature/special-slots.ts": [
    {
      line: "if (error instanceof PlistError) return undefined; // An unreadable property list has no identifier.",
      becomes: "if (true) return undefined; // An unreadable property list has no identifier.",
      reason: "`readInfoPlist` throws nothing else.",
    },
    {
      line: 'const list = await readInfoPlist(bytes, "__TEXT,__info_plist");',
      becomes: 'const list = await readInfoPlist(bytes, "");',
      reason: "The name is only in the message of a `PlistError`, and the function drops that error.",
    },
  ],
  "packages/macho/src/signature/superblob.ts": [
    {
      line: 'const area = new ByteReader(image.bytes, "code signature", "big", image.start).window(',
      becomes: 'const area = new ByteReader(image.bytes, "code signature", "", image.start).window(',
      reason: "The reader takes every order but `little` for the big one.",
    },
  ],
  "packages/oci/src/archive-stream.ts": [
    {
      line: "const CHUNK_BYTES = 1024 * 1024;",
      becomes: "const CHUNK_BYTES = (1024 + 1) * 1024;",
      reason: "The size of the pieces changes nothing in what they hold.",
    },
    {
      line: "const CHUNK_BYTES = 1024 * 1024;",
      becomes: "const CHUNK_BYTES = 1024 * (1024 + 1);",
      reason: "The size of the pieces changes nothing in what they hold.",
    },
  ],
  "packages/oci/src/docker-archive.ts": [
    {
      line: "if (image === undefined) throw noImages();",
      becomes: "if (false) throw noImages();",
      reason: "Without an image the caller has thrown: the line is there for the type.",
    },
  ],
  "packages/oci/src/index-image-archive.ts": [
    {
      line: "const index = await indexTolerantTar(source, signal === undefined ? {} : { signal });",
      becomes: "const index = await indexTolerantTar(source, false ? {} : { signal });",
      reason: "A signal that is undefined is read as one that is not there.",
    },
  ],
  "packages/oci/src/tail-index.ts": [
    {
      line: "for (let at = tail.length - BLOCK_BYTES; at >= 0; at -= BLOCK_BYTES) {",
      becomes: "for (let at = tail.length + BLOCK_BYTES; at >= 0; at -= BLOCK_BYTES) {",
      reason: "The first two looks, behind the end, find no bytes and thus no name.",
    },
  ],
  "packages/oci/src/documents.ts": [
    {
      line: "if (!(cause instanceof JsonError)) throw cause;",
      becomes: "if (false) throw cause;",
      reason: "`decodeJson` throws nothing else.",
    },
  ],
  "packages/pins/src/detect/build-environment.ts": [
    {
      line: "return plainSite({ value: `(${name} is not set)`, location, ...(rewrite === undefined ? {} : { rewrite }) });",
      becomes: "return plainSite({ value: `(${name} is not set)`, location, ...(false ? {} : { rewrite }) });",
      reason: "An undefined rewrite is treated like a missing one.",
    },
  ],
  "packages/pins/src/detect/rust.ts": [
    {
      line: 'toolchainFor(path.relative(repositoryRoot, folder).replaceAll("\\\\", "/") || ".", files);',
      becomes: 'toolchainFor(path.relative(repositoryRoot, folder).replaceAll("\\\\", "") || ".", files);',
      reason: "Only paths of Windows have this separator.",
    },
    {
      line: "if (newest === undefined) return [];",
      becomes: "if (false) return [];",
      reason: "Without a newest place the list is empty, so nothing is compared.",
    },
  ],
  "packages/pins/src/flags/targets.ts": [
    {
      line: 'arch === "i686" ? "x86" : arch.replace(/^(arm|thumb)v.*/, "arm").replace(/^riscv(32|64).*/, "riscv$1"),',
      becomes: 'arch === "i686" ? "x86" : arch.replace(/^(arm|thumb)v.*/, "arm").replace(/riscv(32|64).*/, "riscv$1"),',
      reason: "No architecture of rustc contains `riscv` except at its start.",
    },
  ],
  "packages/pins/src/locate/history.ts": [
    {
      line: 'const size = /^\\w+ blob (\\d+)$/.exec(bytes.toString("utf8", at, end))?.[1];',
      becomes: 'const size = /\\w+ blob (\\d+)$/.exec(bytes.toString("utf8", at, end))?.[1];',
      reason: "Only the line before an object ends with `blob` and a number.",
    },
  ],
  "packages/pins/src/rust/rustup-commands.ts": [
    {
      line: 'second?.value ?? "",',
      becomes: 'second?.value ?? "mutant",',
      reason: "Neither is one of the subcommands.",
    },
    {
      line: 'const name = program?.value?.split("/").at(-1) ?? "";',
      becomes: 'const name = program?.value?.split("/").at(-1) ?? "mutant";',
      reason: "Neither is the name of a program that takes a toolchain.",
    },
  ],
  "packages/pins/src/version.ts": [
    {
      line: "if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1;",
      becomes: "if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : (1 + 1);",
      reason: "Only the sign of a comparison matters.",
    },
  ],
  "packages/workflow/src/power-shell.ts": [
    {
      line: "const words = line",
      becomes: "const words = line",
      reason: "Of an empty line the only word is empty, and so left out below; no other line has an empty word.",
    },
    {
      line: 'return /^(pwsh|powershell)\\b/.test((shell ?? "").trim());',
      becomes: 'return /^(pwsh|powershell)\\b/.test((shell ?? "mutant").trim());',
      reason: "Neither is the name of a PowerShell.",
    },
    {
      line: 'const isChecked = /\\$LASTEXITCODE/.test(follows?.line ?? "") || /\\|\\||&&/.test(program.line);',
      becomes: 'const isChecked = /\\$LASTEXITCODE/.test(follows?.line ?? "mutant") || /\\|\\||&&/.test(program.line);',
      reason: "Neither text contains the variable.",
    },
  ],
  "packages/workflow/src/script.ts": [
    {
      line: 'const [program = "", ...args] = (shell ?? "").trim().split(/\\s+/);',
      becomes: 'const [program = "mutant", ...args] = (shell ?? "").trim().split(/\\s+/);',
      reason: "Splitting a text always gives at least one part.",
    },
    {
      line: 'const word = words[index] ?? "";',
      becomes: 'const word = words[index] ?? "mutant";',
      reason: "The loop ends before the last word.",
    },
  ],
  "packages/workflow/src/secret-paths.ts": [
    {
      line: 'const [context, ...keys] = (pathOf(expression) ?? "").split(".");',
      becomes: 'const [context, ...keys] = (pathOf(expression) ?? "mutant").split(".");',
      reason: "Neither is the matrix.",
    },
    {
      line: "if (index instanceof Star) return [this.#path(undefined)];",
      becomes: "if (false) return [this.#path(undefined)];",
      reason: "A star does not have a text in any job, and the answer for that is the same.",
    },
  ],
  "packages/workflow/src/secrets.ts": [
    {
      line: 'const expressions = [...text.matchAll(/\\$\\{\\{([\\s\\S]*?)\\}\\}/g)].map(([, inner = ""]) => inner);',
      becomes:
        'const expressions = [...text.matchAll(/\\$\\{\\{([\\s\\S]*?)\\}\\}/g)].map(([, inner = "mutant"]) => inner);',
      reason: "The pattern has this group in every match.",
    },
    {
      line: 'const text = node.text ?? "";',
      becomes: 'const text = node.text ?? "mutant";',
      reason: "Neither text reads a secret.",
    },
    {
      line: 'return isBeside(uses) && workflows.some(({ file }) => posix.basename(file) === posix.basename(uses ?? ""));',
      becomes:
        'return isBeside(uses) && workflows.some(({ file }) => posix.basename(file) === posix.basename(uses ?? "mutant"));',
      reason: "Without `uses` the first condition is false.",
    },
    {
      line: 'return namesIn(node, "", { hasIdentity, matrix: node.get("strategy").get("matrix"), visited: new Set() });',
      becomes:
        'return namesIn(node, "mutant", { hasIdentity, matrix: node.get("strategy").get("matrix"), visited: new Set() });',
      reason: "Neither is the key of a condition.",
    },
    {
      line: 'if (node.isList) return together(node.items().map((item) => namesIn(item, "", around)));',
      becomes: 'if (node.isList) return together(node.items().map((item) => namesIn(item, "mutant", around)));',
      reason: "Neither is the key of a condition.",
    },
  ],
  "packages/workflow/src/validate.ts": [
    {
      line: "if (value !== undefined) await parser.convertWorkflowTemplate(context, value, undefined, { featureFlags: FEATURES });",
      becomes: "if (true) await parser.convertWorkflowTemplate(context, value, undefined, { featureFlags: FEATURES });",
      reason: "The parser gives no value only with an error, and the conversion ends at once where there is one.",
    },
  ],
  "packages/workflow/src/workflow.ts": [
    {
      line: 'return nodes.flatMap((node) => (node.text === undefined ? [] : [{ event: node.text, filters: node.get("none") }]));',
      becomes:
        'return nodes.flatMap((node) => (node.text === undefined ? [] : [{ event: node.text, filters: node.get("") }]));',
      reason: "A node with a text has no entries, so none of any name.",
    },
  ],
};
