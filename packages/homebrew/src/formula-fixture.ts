import { createHash } from "node:crypto";

export interface FormulaOptions {
  readonly app?: string;
  readonly className?: string;
  readonly version?: string;
  readonly base?: string;
  /** A text that makes the checksums of different builds differ. */
  readonly build?: string;
}

/** For tests: the SHA-256 of an archive in these fixtures. */
export function fixtureSha256(file: string, build = ""): string {
  return createHash("sha256").update(`${file}${build}`).digest("hex");
}

/** For tests: a formula as cargo-dist 0.34 writes it. */
export function makeFormula(options: FormulaOptions = {}): string {
  const { app = "widget", className = "Widget", version = "1.2.3", build } = options;
  const base = options.base ?? `https://github.com/acme/widget/releases/download/v${version}`;
  const download = (target: string): string => {
    const file = `${app}-${target}.tar.xz`;
    return `      url "${base}/${file}"\n      sha256 "${fixtureSha256(file, build)}"`;
  };
  return `class ${className} < Formula
  desc "Widgets for everybody"
  homepage "https://widget.example"
  version "${version}"
  if OS.mac?
    if Hardware::CPU.arm?
${download("aarch64-apple-darwin")}
    end
    if Hardware::CPU.intel?
${download("x86_64-apple-darwin")}
    end
  end
  if OS.linux?
    if Hardware::CPU.arm?
${download("aarch64-unknown-linux-musl")}
    end
    if Hardware::CPU.intel?
${download("x86_64-unknown-linux-gnu")}
    end
  end
  license "MIT"

  BINARY_ALIASES = {
    "aarch64-apple-darwin": {},
    "x86_64-unknown-linux-gnu": {}
  }

  def target_triple
    cpu = Hardware::CPU.arm? ? "aarch64" : "x86_64"
    os = OS.mac? ? "apple-darwin" : "unknown-linux-gnu"

    "#{cpu}-#{os}"
  end

  def install_binary_aliases!
    BINARY_ALIASES[target_triple.to_sym].each do |source, dests|
      dests.each do |dest|
        bin.install_symlink bin/source.to_s => dest
      end
    end
  end

  def install
    if OS.mac? && Hardware::CPU.arm?
      bin.install "${app}"
    end
    if OS.linux?
      bin.install "${app}"
    end

    install_binary_aliases!

    doc_files = Dir["README.*", "readme.*", "LICENSE", "LICENSE.*", "CHANGELOG.*"]
    leftover_contents = Dir["*"] - doc_files

    pkgshare.install(*leftover_contents) unless leftover_contents.empty?
  end
end
`;
}
