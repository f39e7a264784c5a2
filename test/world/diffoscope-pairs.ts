/** A cause that a person found in a pair: its kind, a part of its place, and a part of what each side has there. */
export interface Expected {
  readonly kind: string;
  readonly place: string;
  readonly left?: string;
  readonly right?: string;
}

/** Two files of diffoscope's own tests. Unlisted causes are allowed if their kind is in `others`. */
export interface Pair {
  readonly files: readonly [string, string];
  readonly format: string;
  readonly causes: readonly Expected[];
  /** Other kinds that are true for the pair, as its list of members or its bytes show. */
  readonly others?: readonly string[];
}

const LOREM: Expected = {
  kind: "embedded-text",
  place: "line 1",
  left: "absent",
  right: "A common form of lorem ipsum",
};

/**
 * Pairs of formats that our package reads. The causes were written from hex dumps, `tar -tv`, `zipinfo`, `ar t`,
 * `objdump` and diffoscope's expected output, which is stored beside the pairs.
 */
export const PAIRS: readonly Pair[] = [
  // Only one instruction differs: 42 became -1.
  { files: ["test1.o", "test2.o"], format: "elf", causes: [{ kind: "code", place: ".text" }] },
  {
    ...{ files: ["test1.a", "test2.a"], format: "ar" },
    causes: [
      { kind: "timestamp", place: "header of test.o", left: "2015-06-24T12:13:47Z", right: "2015-06-24T12:14:27Z" },
      { kind: "code", place: "test.o: .text" },
    ],
  },
  {
    ...{ files: ["test1.tar", "test2.tar"], format: "tar" },
    causes: [
      { kind: "timestamp", place: "header of dir", left: "2015-06-29T15:49:09Z", right: "2015-06-29T15:49:41Z" },
      { ...LOREM, place: "dir/text: line 1" },
      { kind: "content", place: "header of dir/link", left: "link broken", right: "link really-broken" },
    ],
    others: ["embedded-text"],
  },
  { files: ["test1.xz", "test2.xz"], format: "xz", causes: [LOREM], others: ["embedded-text"] },
  { files: ["test1.bz2", "test2.bz2"], format: "bzip2", causes: [LOREM], others: ["embedded-text"] },
  {
    ...{ files: ["test1.gz", "test2.gz"], format: "gzip" },
    causes: [LOREM, { kind: "compression", place: "gzip header", left: "level flag 2", right: "level flag 0" }],
    others: ["embedded-text"],
  },
  {
    ...{ files: ["test1.zip", "test2.zip"], format: "zip" },
    causes: [
      { kind: "timestamp", place: "header of dir/text", left: "2015-06-24 15:44:54", right: "2015-06-24 15:45:24" },
      { ...LOREM, place: "dir/text: line 1" },
    ],
    others: ["embedded-text"],
  },
  {
    ...{ files: ["test_comment1.zip", "test_comment2.zip"], format: "zip" },
    causes: [
      { kind: "member-metadata", place: "header of foo, comment", left: "absent", right: "hello" },
      { kind: "member-metadata", place: "comment of the zip", left: "none", right: "goodbye" },
    ],
  },
  {
    ...{ files: ["test1.deb", "test2.deb"], format: "ar" },
    causes: [
      {
        kind: "timestamp",
        place: "header of debian-binary",
        left: "2015-06-24T17:40:03Z",
        right: "2015-06-24T17:40:26Z",
      },
      { kind: "timestamp", place: "changelog.gz: unpacked, line 5", left: "19:40:02", right: "19:40:25" },
      { ...LOREM, place: "usr/share/doc/test/text: line 1" },
    ],
    others: ["embedded-text"],
  },
  {
    ...{ files: ["test1.pyc-renamed", "test2.pyc-renamed"], format: "pyc" },
    causes: [
      { kind: "timestamp", place: "time of the source", left: "2024-08-13T14:31:31Z", right: "2024-08-13T14:31:27Z" },
      { kind: "embedded-text", place: "code", left: "test1.py", right: "test2.py" },
    ],
    others: ["embedded-text"],
  },
  // One pixel is white in one of them.
  { files: ["test1.png", "test2.png"], format: "png", causes: [{ kind: "content", place: "IDAT chunk" }] },
  {
    ...{ files: ["test1.json", "test2.json"], format: "json" },
    causes: [{ kind: "embedded-text", place: ".filename", left: "test1", right: "test2" }],
  },
  {
    ...{ files: ["text_order1", "text_order2"], format: "unknown" },
    causes: [{ kind: "text-order", place: "lines from 2 on", left: "lines", right: "some" }],
  },
  {
    ...{ files: ["text_endings1", "text_endings2"], format: "unknown" },
    causes: [{ kind: "line-endings", place: "ends of lines", left: "LF", right: "CRLF" }],
  },
  { files: ["text_ascii1", "text_ascii2"], format: "unknown", causes: [LOREM], others: ["embedded-text"] },
  {
    ...{ files: ["test1.exe", "test2.exe"], format: "pe" },
    causes: [
      { kind: "timestamp", place: "TimeDateStamp", left: "2015-07-12T21:01:47Z", right: "2015-07-12T21:01:49Z" },
      { kind: "embedded-text", place: ".text", left: "test1.exe", right: "test2.exe" },
      {
        ...{ kind: "module-id", place: "module version id" },
        ...{ left: "8710629b-d50a-4979-afd6-d4a5b86e632c", right: "ea1bea6b-9231-4566-8540-8dba96800a10" },
      },
    ],
  },
  {
    files: ["test1.macho", "test2.macho"],
    format: "macho",
    causes: [{ kind: "slices", place: "architectures", left: "i386, x86_64", right: "x86_64" }],
  },
  { files: ["test1.debug", "test2.debug"], format: "elf", causes: [{ kind: "code", place: ".debug_info" }] },
  {
    ...{ files: ["test1.docx", "test2.docx"], format: "zip" },
    causes: [
      { kind: "timestamp", place: "header of _rels/.rels", left: "18:24:40", right: "18:24:46" },
      {
        kind: "timestamp",
        place: "docProps/core.xml: line 2",
        left: "2017-03-29T19:24:40Z",
        right: "2017-03-29T19:24:46Z",
      },
      { kind: "embedded-text", place: "word/document.xml", left: "<w:t>a</w:t>", right: "<w:t>b</w:t>" },
    ],
  },
  {
    ...{ files: ["test1.epub", "test2.epub"], format: "zip" },
    causes: [
      { kind: "timestamp", place: "header of mimetype", left: "2015-10-27 11:32:54", right: "2015-10-27 11:33:20" },
      { kind: "embedded-text", place: "content.opf: line 4", left: "488fe0b5", right: "c3082605" },
      { kind: "embedded-text", place: "ch001.xhtml: line 15", left: "12:32", right: "12:33" },
    ],
    others: ["timestamp", "embedded-text"],
  },
  {
    ...{ files: ["test1.gnumeric", "test2.gnumeric"], format: "gzip" },
    causes: [
      { kind: "timestamp", place: "unpacked, line 28", left: "2018-03-17T23:05:27Z", right: "2018-03-17T23:05:39Z" },
      { kind: "embedded-text", place: "unpacked, line 99", left: ">foo<", right: ">bar<" },
    ],
  },
  {
    ...{ files: ["archive1.tar", "archive2.tar"], format: "tar" },
    causes: [
      {
        kind: "timestamp",
        place: "header of compressed.gz",
        left: "2021-09-12T11:53:14Z",
        right: "2021-09-12T11:59:26Z",
      },
      { kind: "timestamp", place: "compressed.gz: gzip header", left: "2017-03-19", right: "2021-09-12" },
      { kind: "embedded-text", place: "unpacked, line 1", left: "asdf", right: "bsdf" },
    ],
    others: ["embedded-text", "compression"],
  },
  // The name of the folder is random.
  {
    files: ["test1.debsrc.tar.gz", "test2.debsrc.tar.gz"],
    format: "gzip",
    causes: [{ kind: "member-set", place: "members", left: "equivs.TyCgZ2", right: "equivs.b0DMbr" }],
  },
  {
    ...{ files: ["fuzzy1.tar", "fuzzy2.tar"], format: "tar" },
    causes: [
      { kind: "timestamp", place: "header of .", left: "2015-07-31T04:00:04Z", right: "2015-07-31T04:00:35Z" },
      { kind: "member-set", place: "members", left: "./matching", right: "./fuzzy" },
    ],
  },
  {
    ...{ files: ["bug903565_1.deb", "bug903565_2.deb"], format: "ar" },
    // The data is the same with another compression. The control files are of two releases, with digests of files in neither.
    causes: [
      { kind: "timestamp", place: "control.tar.gz: unpacked, header of .", left: "2017-07-23", right: "2017-11-16" },
      { kind: "embedded-text", place: "./control: line 2", left: "Version: 1.5.2-1", right: "Version: 1.5.3-1" },
      { kind: "embedded-text", place: "./md5sums: line 10", left: "de95a489", right: "a5c49415" },
      { kind: "compression", place: "control.tar.gz: format", left: "gzip", right: "xz" },
    ],
  },
  {
    ...{ files: ["elfmix1.not_a", "elfmix2.a"], format: "ar" },
    causes: [
      { kind: "embedded-text", place: "return42_or_3_long_name.c: line 4", left: "return 42;", right: "return 43;" },
      { kind: "code", place: "Mach-O.o: __TEXT,__text" },
      { kind: "code", place: ".obj: .text" },
    ],
    others: ["timestamp", "code"],
  },
  {
    ...{ files: ["test1.rlib", "test2.rlib"], format: "ar" },
    causes: [
      {
        ...{ kind: "embedded-text", place: "rust.metadata.bin: 0x94f" },
        ...{ left: "in its current form or name", right: "in its current name or form" },
      },
    ],
    others: ["code", "content"],
  },
  {
    ...{ files: ["test1.html", "test2.html"], format: "html" },
    causes: [{ kind: "embedded-text", place: "line 3", left: "<title>foo</title>", right: "<title>bar</title>" }],
    others: ["embedded-text"],
  },
  // Encrypted: only the headers and the length can be compared.
  {
    ...{ files: ["encrypted1.zip", "encrypted2.zip"], format: "zip" },
    causes: [
      { kind: "timestamp", place: "header of dir/text", left: "2015-06-24 15:44:54", right: "2015-06-24 15:45:24" },
      { kind: "content", place: "dir/text" },
    ],
  },
  // Formats that our package does not read: it gives only the offset, or a text at the offset.
  { files: ["test1.sqlite3", "test2.sqlite3"], format: "unknown", causes: [{ kind: "content", place: "0x406" }] },
  { files: ["test1.squashfs", "test2.squashfs"], format: "unknown", causes: [{ kind: "content", place: "0x8" }] },
  { files: ["test1.rpm", "test2.rpm"], format: "unknown", causes: [{ kind: "content", place: "0xd0" }] },
  { files: ["Test1.class", "Test2.class"], format: "unknown", causes: [{ kind: "content", place: "0xd9" }] },
  {
    files: ["hello1.wasm", "hello2.wasm"],
    format: "unknown",
    causes: [{ kind: "embedded-text", place: "0x13", left: "hello", right: "iello" }],
  },
  {
    files: ["test1.mo", "test2.mo"],
    format: "unknown",
    causes: [{ kind: "timestamp", place: "0xbe", left: "2015-06-24 12:42+0200", right: "2015-06-24 14:57+0200" }],
  },
];
