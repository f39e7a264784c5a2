// biome-ignore-all lint/suspicious/noTemplateCurlyInString: The strings contain variables of Dockerfiles.
import { describe, expect, test } from "@jest/globals";
import { applyEdits } from "@release-actions/text";
import fc from "fast-check";
import { DockerfileError } from "./fault.ts";
import { parseDockerfile } from "./parse.ts";
import { findStage, imagesOf, runScriptsOf, unknownImagesOf } from "./query.ts";
import { editWithin } from "./word.ts";

function env(text: string, stage: string): Record<string, string> {
  const variables = findStage(parseDockerfile(text, "Dockerfile"), stage).env;
  return Object.fromEntries([...variables].map(([name, { word }]) => [name, word.value]));
}

describe("a stage's environment", () => {
  test.each<[string, string, Record<string, string>]>([
    ["reads several values of one ENV", "ENV a=1 b=2", { a: "1", b: "2" }],
    ["reads the old form with a space", "ENV a one two", { a: "one two" }],
    [
      "resolves quotes and escapes",
      `ENV a="x y" b='$z' c=d\\ e f="g\\"\\$h\\i"`,
      { a: "x y", b: "$z", c: "d e", f: 'g"$h\\i' },
    ],
    [
      "continues over lines, with comments and blank lines between them",
      "ENV a=1 \\\n  # note\n\n  b=2",
      { a: "1", b: "2" },
    ],
    ["joins a value split over lines", "ENV a=on\\\ne", { a: "one" }],
    ["reads Windows line endings", "ENV a=1 \\\r\n  b=2\r", { a: "1", b: "2" }],
    ["sees variables as they were before the instruction", "ENV a=1\nENV a=2 b=$a", { a: "2", b: "1" }],
    [
      "resolves defaults and alternatives",
      `ARG e=""\nENV a=\${x:-1} b=\${e:-2} c=\${e-3} d=\${e:+4} f=\${e+5} g=\${x:-\${e:-6}}`,
      { a: "1", b: "2", c: "", d: "", f: "5", g: "6" },
    ],
    [
      "uses an ARG until an ENV sets the variable",
      "ARG v=arg\nENV a=$v\nENV v=env\nENV b=$v",
      { a: "arg", v: "env", b: "env" },
    ],
    [
      "removes and replaces parts of a value as BuildKit does",
      "ARG v=a.b.c\nENV a=${v#*.} b=${v##*.} c=${v%.*} d=${v%%.*} e=${v/b/x} f=${v//./-} g=${v/./} h=${v#z} i=${v%?}",
      { a: "b.c", b: "c", c: "a.b", d: "a", e: "a.x.c", f: "a-b-c", g: "ab.c", h: "a.b.c", i: "a.b." },
    ],
    ["leaves an unset variable empty", "ENV a=[$nothing]", { a: "[]" }],
    ["ignores ENV inside a heredoc", "RUN <<EOF\nENV a=1\nEOF", {}],
    ["ignores ENV in a continued shell line", 'RUN echo "\\\nENV a=1"', {}],
    ["is empty without ENV", "RUN true", {}],
  ])("%s", (_name, body, expected) => {
    expect(env(`FROM x AS builder\n${body}\n`, "builder")).toEqual(expected);
  });

  test("inherits from the stage it is based on, in any case, and from no other", () => {
    const text =
      "FROM x AS Base\nARG r=1\nENV a=base b=base\nFROM y AS other\nENV c=other\nFROM base AS builder\nENV b=$r\n";
    expect(env(text, "BUILDER")).toEqual({ a: "base", b: "1" });
    expect(env(text, "1")).toEqual({ c: "other" });
  });

  test("sees a global ARG only after the stage declares it", () => {
    expect(env("ARG v=1\nFROM x AS s\nENV a=[$v]\nARG v\nENV b=[$v]\n", "s")).toEqual({ a: "[]", b: "[1]" });
  });

  test("uses the escape character of the directive", () => {
    expect(env("# escape=`\nFROM x AS s\nENV a=c:\\temp `\n  b=2\n", "s")).toEqual({ a: "c:\\temp", b: "2" });
  });

  test("records the line of every value", () => {
    const stage = findStage(parseDockerfile("FROM x AS s\nENV a=1 \\\n    b=2\n", "f"), "s");
    expect(stage.env.get("b")?.location).toMatchObject({ file: "f", line: 3 });
  });
});

test("distinguishes images that depend on unset arguments from those that the file names", () => {
  const text =
    "ARG BASE\nARG TAG\nFROM ${BASE} AS a\nFROM rust:${TAG:?} AS b\nFROM rust:${TAG%.*} AS c\nFROM rust:1.95.0\n";
  const dockerfile = parseDockerfile(text, "Dockerfile");
  expect(imagesOf(dockerfile).map(({ word }) => word.value)).toEqual(["rust:1.95.0"]);
  expect(unknownImagesOf(dockerfile).map(({ word, location }) => [word.unset, location.line])).toEqual([
    ["BASE", 3],
    ["TAG", 4],
    ["TAG", 5],
  ]);
});

test("a stage that is based on one of several stages has the variables that all of them share", () => {
  const text = [
    "FROM debian AS base",
    "ENV a=1",
    "FROM base AS base-amd64",
    "ENV b=1 c=1",
    "FROM base AS base-arm64",
    "ENV b=2 c=1",
    "FROM base-$TARGETARCH AS builder",
    "ENV d=1",
  ].join("\n");
  expect(env(text, "builder")).toEqual({ a: "1", c: "1", d: "1" });
  const dockerfile = parseDockerfile(text, "Dockerfile");
  expect(imagesOf(dockerfile).map(({ word }) => word.value)).toEqual(["debian"]);
  expect(unknownImagesOf(dockerfile)).toEqual([]);
});

describe("images", () => {
  const text = [
    "# syntax=docker/dockerfile:1.7",
    "ARG RUST=1.94.0",
    "ARG BASE=docker.io/library/rust:${RUST}-bookworm",
    "FROM --platform=$BUILDPLATFORM ${BASE} AS builder",
    "RUN --mount=type=cache,target=/x --mount=type=bind,from=alpine:3.20,target=/y echo --mount=from=no",
    "FROM builder AS next",
    "COPY --from=builder /a /b",
    "COPY --link --from=ghcr.io/o/t:1@sha256:abc /a /b",
    "FROM scratch",
    "COPY --from=0 /a /b",
  ].join("\n");

  test("are all images from outside the Dockerfile, with variables resolved", () => {
    const images = imagesOf(parseDockerfile(text, "Dockerfile"));
    expect(images.map(({ word, by, location }) => [by, word.value, location.line])).toEqual([
      ["# syntax", "docker/dockerfile:1.7", 1],
      ["FROM", "docker.io/library/rust:1.94.0-bookworm", 4],
      ["RUN --mount", "alpine:3.20", 5],
      ["COPY --from", "ghcr.io/o/t:1@sha256:abc", 8],
    ]);
  });

  test("are edited where their text is written, even in the default of an ARG", () => {
    const [, from] = imagesOf(parseDockerfile(text, "Dockerfile"));
    if (from === undefined) throw new Error("no FROM");
    const at = from.word.value.indexOf("1.94.0");
    const edit = editWithin(from.word, at, at + 6, "1.95.0");
    expect(edit && applyEdits(text, [edit])).toBe(text.replace("RUST=1.94.0", "RUST=1.95.0"));
    // This text comes from two ARGs.
    expect(editWithin(from.word, at - 1, at + 6, "x")).toBeUndefined();
  });
});

test("returns the RUN scripts that a shell runs, with their offsets", () => {
  const text = [
    "FROM x AS s",
    "RUN --mount=type=cache,target=/x \\",
    "    a && \\",
    "    # note",
    "",
    "    b",
    "RUN <<EOF",
    "c",
    "d",
    "EOF",
    'RUN ["e"]',
    "RUN f",
  ].join("\n");
  const dockerfile = parseDockerfile(text, "Dockerfile");
  const scripts = runScriptsOf(dockerfile, findStage(dockerfile, "s"));
  expect(scripts.map((script) => script.text.replaceAll(/\s+/g, " "))).toEqual(["a && \\ b", "c d", "f"]);
  for (const { text: script, start } of scripts) expect(text.slice(start)[0]).toBe(script[0]);
});

describe("a broken Dockerfile", () => {
  test.each([
    ["an unknown instruction", "FROM x\nRUM echo\n", /^Dockerfile:2: RUM is not a Dockerfile instruction/],
    ["no FROM", "# nothing\n", /^Dockerfile:1: there is no FROM/],
    ["an empty file", "", /^Dockerfile:1: there is no FROM/],
    ["an instruction before FROM", "RUN x\nFROM y\n", /^Dockerfile:1: RUN comes before any FROM/],
    ["FROM without an image", "FROM\n", /^Dockerfile:1: FROM names no image/],
    ["FROM with an empty image", 'ARG A=""\nFROM $A\n', /^Dockerfile:2: the image after FROM is empty/],
    ["ENV without a value", "FROM x\nENV a=1 b\n", /^Dockerfile:2: ENV: expected name=value, found "b"/],
    ["ENV alone", "FROM x\nENV\n", /^Dockerfile:2: ENV sets nothing/],
    ["an open quote", 'FROM x\nENV a="1\n', /^Dockerfile:2: the quote " is never closed/],
    ["an open brace", "FROM x\nENV a=${b\n", /^Dockerfile:2: the brace of \$\{ is never closed/],
    ["an unknown modifier", "FROM x\nENV a=${b^^}\n", /^Dockerfile:2: \$\{b\^\^\} is not a substitution/],
    ["a YAML file", "version: 3\nservices:\n  a: b\n", /^Dockerfile:1: VERSION: is not a Dockerfile instruction/],
  ])("with %s causes one error with its line", (_name, text, message) => {
    expect(() => parseDockerfile(text, "Dockerfile")).toThrow(DockerfileError);
    expect(() => parseDockerfile(text, "Dockerfile")).toThrow(message);
  });

  test("or any other text only causes a DockerfileError", () => {
    const piece = fc.constantFrom(
      "FROM x",
      "\nENV ",
      "a=",
      "\\",
      "\n",
      '"',
      "'",
      "${",
      "}",
      "$a",
      " ",
      "#",
      "ARG b",
      "<<E",
      "=",
      ":-",
      "\r",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          imagesOf(parseDockerfile(pieces.join(""), "f"));
        } catch (error) {
          if (!(error instanceof DockerfileError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  test("without the requested stage causes an error that lists its stages", () => {
    const dockerfile = parseDockerfile("FROM x AS a\nFROM y\n", "Dockerfile");
    expect(() => findStage(dockerfile, "builder")).toThrow('Dockerfile has no stage "builder": it has a, 1');
  });
});
