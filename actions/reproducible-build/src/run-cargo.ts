import path from "node:path";
import { Fault } from "@release-actions/report";
import type { ActionRunner } from "./action.gen.ts";
import type { Plan, TargetPlan } from "./plan.ts";
import type { Surroundings } from "./surroundings.ts";

type Stream = "stdout" | "stderr";

/** A binary, or a library for use outside of cargo, that cargo reports as built. */
export interface Product {
  /** Absolute. */
  readonly path: string;
  readonly triple: string;
  readonly package: string;
}

/** Runs cargo once for each target, and returns the products that its JSON messages report. */
export async function runCargo(
  plan: Plan,
  env: Readonly<NodeJS.ProcessEnv>,
  runner: ActionRunner,
  { wrapper, args }: Pick<Surroundings, "wrapper" | "args"> = { wrapper: [], args: [] },
): Promise<Product[]> {
  const products: Product[] = [];
  for (const target of plan.targets) {
    runner.info(`cargo ${target.args.join(" ")}`);
    const messages: unknown[] = [];
    const all = [...wrapper, "cargo", ...target.args, "--message-format=json-render-diagnostics", ...args];
    await runner.exec(all[0] ?? "cargo", all.slice(1), {
      cwd: plan.cwd,
      env: cargoEnv(plan, target, env),
      onOutput: splitOutput(messages, (line) => runner.info(line)),
    });
    products.push(...messages.flatMap((message) => readArtifact(message, target.triple, plan.places.workspace)));
  }
  if (products.length === 0) {
    throw new Fault("cargo built no binary and no library for others to link", {
      advice: "Name packages with a [[bin]], or a library of crate-type cdylib or staticlib.",
    });
  }
  return products;
}

/** Passes the flags in the variable that cargo reads first, so that no other variable or file replaces them. */
export function cargoEnv(plan: Plan, target: TargetPlan, env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  const { RUSTFLAGS: _replaced, ...rest } = env;
  const searchPath =
    plan.compilers === undefined ? {} : { PATH: [plan.compilers, rest["PATH"] ?? ""].join(path.delimiter) };
  return { ...rest, ...plan.env, ...searchPath, CARGO_ENCODED_RUSTFLAGS: target.rustflags.join("\x1f") };
}

/** Collects the JSON messages in cargo's output, and shows the other lines. */
function splitOutput(messages: unknown[], show: (line: string) => void): (stream: Stream, text: string) => void {
  const rest = { stdout: "", stderr: "" };
  return (stream, text) => {
    const lines = (rest[stream] + text).split("\n");
    rest[stream] = lines.pop() ?? "";
    for (const line of lines) {
      if (stream === "stderr" || !line.startsWith("{")) show(line);
      else messages.push(JSON.parse(line));
    }
  };
}

/** https://doc.rust-lang.org/cargo/reference/external-tools.html#artifact-messages */
function readArtifact(message: unknown, triple: string, workspace: string): Product[] {
  if (!isRecord(message) || message["reason"] !== "compiler-artifact") return [];
  const { target, executable, filenames, manifest_path: manifest } = message;
  const kinds: unknown[] = isRecord(target) && Array.isArray(target["kind"]) ? target["kind"] : [];
  if (typeof manifest !== "string" || !manifest.startsWith(workspace + path.sep)) return [];
  const name = isRecord(target) ? String(target["name"]) : "";
  if (typeof executable === "string" && kinds.includes("bin")) return [{ path: executable, triple, package: name }];
  const isLibrary = kinds.includes("cdylib") || kinds.includes("staticlib");
  const files: unknown[] = isLibrary && Array.isArray(filenames) ? filenames : [];
  return files.flatMap((file) =>
    typeof file === "string" && /\.(so|dylib|dll|a|lib)$/.test(file) ? [{ path: file, triple, package: name }] : [],
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
