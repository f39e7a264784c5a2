import type { Pair } from "./diffoscope-pairs.ts";

/**
 * The other pairs of diffoscope's tests. Most are of formats that our package leaves to diffoscope. For them, the first
 * differing byte (by `cmp`) is expected, and the texts and times that a hex dump shows. The expectations were written
 * from diffoscope's own output, which is stored beside each pair.
 */
export const OTHER_PAIRS: readonly Pair[] = [
  {
    files: ["binary1", "binary2"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x0" }],
  },
  {
    files: ["resources1.arsc", "resources2.arsc"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x2c" }],
  },
  {
    files: ["test1-le64.cache-4", "test2-le64.cache-4"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x8" }],
  },
  {
    files: ["test1.asar", "test2.asar"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x39" }],
  },
  {
    files: ["test1.binwalk", "test2.binwalk"],
    format: "unknown",
    causes: [{ kind: "content", place: "0xd" }],
  },
  {
    files: ["test1.cpio", "test2.cpio"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x4" }],
  },
  {
    files: ["test1.db", "test2.db"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x20" }],
  },
  {
    files: ["test1.ext4", "test2.ext4"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x42c" }],
  },
  {
    files: ["test1.fat12", "test2.fat12"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x27" }],
  },
  {
    files: ["test1.gif", "test2.gif"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x6" }],
  },
  {
    files: ["test3.gif", "test4.gif"],
    format: "unknown",
    causes: [{ kind: "content", place: "0xa" }],
  },
  {
    files: ["test1.git-index", "test2.git-index"],
    format: "unknown",
    causes: [{ kind: "content", place: "0xb" }],
  },
  {
    files: ["test1.icc", "test2.icc"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x21" }],
  },
  {
    files: ["test1.ico", "test2.ico"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x8" }],
  },
  {
    files: ["test1_meta.ico", "test2_meta.ico"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x8" }],
  },
  {
    files: ["test1.inv", "test2.inv"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x0" }],
  },
  {
    files: ["test1.jmod", "test2.jmod"],
    format: "unknown",
    causes: [{ kind: "content", place: "0xe" }],
  },
  {
    files: ["test1.jpg", "test2.jpg"],
    format: "unknown",
    causes: [{ kind: "content", place: "0xb4" }],
  },
  {
    files: ["test1.kbx", "test2.kbx"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x13" }],
  },
  {
    files: ["test1.lzip", "test2.lzip"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x7" }],
  },
  {
    files: ["test1.lzma", "test2.lzma"],
    format: "unknown",
    causes: [{ kind: "content", place: "0xe" }],
  },
  {
    files: ["test1.mozzip", "test2.mozzip"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x14" }],
  },
  {
    files: ["test1.nar", "test2.nar"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x58" }],
  },
  {
    files: ["test3.nar", "test4.nar"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x168" }],
  },
  {
    files: ["test1.ogg", "test2.ogg"],
    format: "unknown",
    causes: [{ kind: "content", place: "0xe" }],
  },
  {
    files: ["test1.rdb", "test2.rdb"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x2" }],
  },
  {
    files: ["test1_root.squashfs", "test2_root.squashfs"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x8" }],
  },
  {
    files: ["test1_signed.pgp", "test2_signed.pgp"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x3" }],
  },
  {
    files: ["test_weird_non_unicode_chars1.pdf", "test_weird_non_unicode_chars2.pdf"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x51" }],
  },
  {
    files: ["devicetree1.dtb", "devicetree2.dtb"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x7" }],
  },
  {
    files: ["quine.gz", "quine.zip"],
    format: "gzip and zip",
    causes: [{ kind: "content", place: "0x0" }],
    others: ["compression"],
  },
  {
    files: ["Samyak-Malayalam1.ttf", "Samyak-Malayalam2.ttf"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "0x9e94", left: "23-6-2015", right: "25-6-2015" },
      { kind: "content", place: "0x100" },
    ],
  },
  {
    files: ["android1.img", "android2.img"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "0x37", left: "bootimg1", right: "bootimg2" },
      { kind: "embedded-text", place: "0x4e", left: "ttySAC1", right: "ttySAC2" },
      { kind: "content", place: "0x37" },
    ],
  },
  {
    files: ["test1.dex", "test2.dex"],
    format: "unknown",
    causes: [
      {
        kind: "timestamp",
        place: "0x5e2",
        left: "Sat Nov 21 14:20:33 CET 2015",
        right: "Thu Mar 17 11:54:42 CET 2016",
      },
      { kind: "content", place: "0x8" },
    ],
  },
  {
    files: ["test1.hi", "test2.hi"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "0x6c5a7", left: "showCommaSpace1", right: "showCommaSpace" },
      { kind: "content", place: "0xe" },
    ],
  },
  {
    files: ["test1.iso", "test2.iso"],
    format: "unknown",
    causes: [
      { kind: "timestamp", place: "0x8338", left: "2015062419255500", right: "2015062419262400" },
      { kind: "embedded-text", place: "0xb94f", left: "broken", right: "really-broken" },
      { kind: "content", place: "0x80b2" },
    ],
  },
  {
    files: ["test1.lz4", "test2.lz4"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x7" }],
    others: ["embedded-text"],
  },
  {
    files: ["test1.ppu", "test2.ppu"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "0x3d", left: "CastleInternalPng", right: "CastleInternalDoubleLists" },
      { kind: "embedded-text", place: "0x5f", left: "castleinternalpng.pas", right: "castleinternaldoublelists.pas" },
      { kind: "content", place: "0x10" },
    ],
  },
  {
    files: ["test1_meta.jpg", "test2_meta.jpg"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "0x21", left: "Comment #1", right: "Comment #2" },
      { kind: "content", place: "0xf" },
    ],
  },
  {
    files: ["test1.mp3", "test2.mp3"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "0x6f", left: "artist name 1", right: "artist name 2" },
      { kind: "embedded-text", place: "0x8f", left: "track title 1", right: "track title 2" },
      { kind: "embedded-text", place: "0xaf", left: "comment 1", right: "comment 2" },
      { kind: "content", place: "0x11" },
    ],
  },
  {
    files: ["test1.pcap", "test2.pcap"],
    format: "unknown",
    causes: [
      { kind: "timestamp", place: "0x1106", left: "Tue, 28 Mar 2017 08:03:05", right: "Tue, 28 Mar 2017 08:21:23" },
      { kind: "embedded-text", place: "0x12a14", left: "web03", right: "web02" },
    ],
  },
  {
    files: ["test1.mo", "test_iso8859-1.mo"],
    format: "unknown",
    causes: [
      { kind: "timestamp", place: "0xbe", left: "12:42+0200", right: "14:57+0200" },
      { kind: "embedded-text", place: "0x15f", left: "charset=UTF-8", right: "charset=iso8859-1" },
    ],
  },
  {
    files: ["test1.mo", "test_no_charset.mo"],
    format: "unknown",
    causes: [
      { kind: "timestamp", place: "0xbe", left: "12:42+0200", right: "14:57+0200" },
      { kind: "embedded-text", place: "0x155", left: "charset=UTF-8", right: "text/plain" },
    ],
  },
  {
    files: ["test1.fat12", "test1.fat16"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "0x3a", left: "FAT12", right: "FAT16" },
      { kind: "content", place: "0xe" },
    ],
  },
  {
    files: ["test1.buildinfo", "test2.buildinfo"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "line 8", left: "660ad471", right: "d323c454" },
      { kind: "embedded-text", place: "line 10", left: "b21eeec5", right: "70982664" },
      { kind: "embedded-text", place: "line 12", left: "d2b2ea8b", right: "2f2e45ee" },
    ],
  },
  {
    files: ["test1.changes", "test2.changes"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "line 12", left: "just a test", right: "just a simple test" },
      { kind: "embedded-text", place: "line 19", left: "test_1.buildinfo", right: "test_2.buildinfo" },
    ],
  },
  {
    files: ["test3.changes", "test4.changes"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "line 18", left: "b21eeec5", right: "70982664" },
      { kind: "embedded-text", place: "line 19", left: "91d2cc6a", right: "e1cafb5f" },
    ],
  },
  {
    files: ["test1.dsc", "test2.dsc"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "line 12", left: "2f66c0cf", right: "7453b451" },
      { kind: "embedded-text", place: "line 14", left: "1066cb6c", right: "ff86b4d7" },
      { kind: "embedded-text", place: "line 16", left: "42c53394", right: "b75f3bae" },
    ],
  },
  {
    files: ["test1.asc", "test2.asc"],
    format: "unknown",
    causes: [{ kind: "embedded-text", place: "line 3", left: "AlhEVnIA", right: "AlhmhA0A" }],
  },
  {
    files: ["test1.pgp", "test2.pgp"],
    format: "unknown",
    causes: [{ kind: "embedded-text", place: "line 3", left: "SUeNZ", right: "iuopQ" }],
  },
  {
    files: ["test1.js", "test2.js"],
    format: "unknown",
    causes: [{ kind: "embedded-text", place: "line 1", left: "TEST1", right: "TEST2" }],
  },
  {
    files: ["test1.xml", "test2.xml"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "line 5", left: "Tove", right: "Jani" },
      { kind: "embedded-text", place: "line 8", left: "this weekend", right: "Pick me up" },
    ],
  },
  {
    files: ["test3.xml", "test4.xml"],
    format: "html",
    causes: [{ kind: "text-order", place: "lines from 3 on", left: "attr='foo'", right: "attr='bar'" }],
  },
  {
    files: ["test1.pdf", "test2.pdf"],
    format: "unknown",
    causes: [
      { kind: "embedded-text", place: "line 20", left: "/Length 85", right: "/Length 109" },
      { kind: "embedded-text", place: "line 28", left: "48656c6c6f2057", right: "48656c6c6f20536963" },
    ],
  },
  {
    files: ["test3.pdf", "test4.pdf"],
    format: "unknown",
    causes: [{ kind: "content", place: "0x4fe2", left: "the end" }],
  },
  {
    files: ["test1.ps", "test2.ps"],
    format: "unknown",
    causes: [
      { kind: "timestamp", place: "line 4", left: "Sun Feb 28 06:58:43 2016", right: "Sat Feb 27 04:58:53 2016" },
      { kind: "embedded-text", place: "line 14", left: "2016.02.28:0658", right: "2016.02.27:0458" },
      { kind: "embedded-text", place: "line 514", left: "(28,)", right: "(27,)" },
    ],
  },
  {
    files: ["test_openssh_pub_key1.pub", "test_openssh_pub_key2.pub"],
    format: "unknown",
    causes: [{ kind: "embedded-text", place: "line 1", left: "ssh-dss", right: "ssh-rsa" }],
  },
  {
    files: ["text_unicode1", "text_unicode2"],
    format: "unknown",
    causes: [{ kind: "embedded-text", place: "line 10", left: '"Lorem ipsum"', right: "“Lorem ipsum”" }],
  },
  {
    files: ["text_unicode1", "text_iso8859"],
    format: "unknown",
    causes: [{ kind: "embedded-text", place: "line 10", left: "10.32–3", right: "10.32--3" }],
  },
  {
    files: ["text_ascii1", "text_iso8859"],
    format: "unknown",
    causes: [{ kind: "embedded-text", place: "line 8", left: "absent", right: "«Lorem ipsum»" }],
  },
  {
    files: ["test1.xsb", "test2.xsb"],
    format: "unknown",
    causes: [{ kind: "content", place: "0xf" }],
  },
  {
    files: ["order1a.json", "order1b.json"],
    format: "json",
    causes: [{ kind: "text-order", place: "keys of JSON objects", left: "hello, world", right: "world, hello" }],
  },
  {
    files: ["test3.xz", "test4.xz"],
    format: "xz",
    causes: [{ kind: "compression", place: "xz block header, filters", left: "0x21010c", right: "0x21011c" }],
  },
  {
    files: ["test1.disk.gz", "test2.disk.gz"],
    format: "gzip",
    causes: [{ kind: "content", place: "unpacked, 0x210" }],
  },
  {
    files: ["test1.rdx", "test2.rdx"],
    format: "gzip",
    causes: [{ kind: "content", place: "unpacked, 0x2f" }],
  },
  {
    files: ["test1.apk", "test2.apk"],
    format: "zip",
    causes: [{ kind: "content", place: "AndroidManifest.xml: 0x232" }],
  },
  {
    files: ["test1.apk", "test3.apk"],
    format: "zip",
    causes: [{ kind: "member-set", place: "members", left: "AndroidManifest.xml", right: "dir/text" }],
  },
  {
    files: ["test1.nupkg", "test2.nupkg"],
    format: "zip",
    causes: [
      { kind: "timestamp", place: "header of _rels/.rels", left: "2025-04-14 18:14:08", right: "2025-04-14 18:14:56" },
      { kind: "embedded-text", place: "ClassLibrary.nuspec: line 5", left: "0.0.1", right: "0.0.2" },
      { kind: "embedded-text", place: ".text+0x47c", left: "0.0.1.0", right: "0.0.2.0" },
      { kind: "member-set", place: "members", left: "b44ebb53", right: "08f1f9d8" },
      { kind: "module-id", place: "ClassLibrary.dll", left: "a90d0017", right: "2350135d" },
    ],
  },
  {
    files: ["test1.odt", "test2.odt"],
    format: "zip",
    causes: [
      { kind: "timestamp", place: "header of mimetype", left: "18:24:08", right: "18:24:12" },
      { kind: "timestamp", place: "meta.xml: line 2", left: "19:24:08.8", right: "19:24:13.9" },
      { kind: "embedded-text", place: "content.xml: line 2", left: "0011195e", right: "0012d5a9" },
      { kind: "member-order", place: "member 7", left: "accelerator", right: "popupmenu" },
      { kind: "content", place: "Thumbnails/thumbnail.png: IDAT chunk" },
    ],
  },
  {
    files: ["fuzzy-tar-in-tar1.tar", "fuzzy-tar-in-tar2.tar"],
    format: "tar",
    causes: [
      { kind: "timestamp", place: "header of t", left: "14:41:42", right: "14:42:12" },
      { kind: "member-set", place: "members", left: "t/test1.tar", right: "t/test2.tar" },
    ],
  },
  {
    files: ["bug881937_1.deb", "bug881937_2.deb"],
    format: "ar",
    causes: [
      { kind: "timestamp", place: "control.tar.gz: unpacked, header of .", left: "2017-07-23", right: "2017-11-16" },
      { kind: "embedded-text", place: "./control: line 2", left: "1.5.2-1", right: "1.5.3-1" },
      { kind: "compression", place: "control.tar.gz: format", left: "gzip", right: "xz" },
    ],
  },
  {
    files: ["bug903391_1.deb", "bug903391_2.deb"],
    format: "ar",
    causes: [
      { kind: "timestamp", place: "control.tar: header of .", left: "17:40:03", right: "17:40:26" },
      { kind: "embedded-text", place: "usr/share/doc/test/text: line 1", left: "absent", right: "lorem ipsum" },
    ],
  },
  {
    files: ["bug903401_1.deb", "bug903401_2.deb"],
    format: "ar",
    causes: [
      { kind: "timestamp", place: "data.tar: header of .", left: "17:40:03", right: "17:40:26" },
      { kind: "embedded-text", place: "usr/share/doc/test/text: line 1", left: "absent", right: "lorem ipsum" },
    ],
  },
  {
    files: ["quine_a.deb", "quine_b.deb"],
    format: "ar",
    causes: [
      { kind: "timestamp", place: "header of data.tar.gz", left: "19:39:56", right: "19:44:07" },
      { kind: "timestamp", place: "header of r.zip", left: "19:39:47", right: "19:44:01" },
      { kind: "timestamp", place: "r/r.zip", left: "2010-03-04 00:24:16", right: "2010-03-04 00:32:16" },
    ],
    others: ["content"],
  },
  {
    files: ["base-files_157-r45695_ar71xx.ipk", "base-files_157-r45918_ar71xx.ipk"],
    format: "gzip",
    causes: [
      {
        kind: "timestamp",
        place: "./data.tar.gz: unpacked, header of .",
        left: "2015-05-18T23:26:51Z",
        right: "2015-06-08T17:31:20Z",
      },
      { kind: "embedded-text", place: "./lib/functions.sh: line 168", left: "cut -d. -f1", right: "basename ${1%.*}" },
    ],
    others: ["member-set", "member-mode"],
  },
];
