import { expect, test } from "@jest/globals";
import { checkLayout } from "./layout.ts";

test.each([
  ["a\nb\r\n", ["error 2: the line ends with CR LF, expected LF"]],
  ["a\nb", ["error 2: the last line has no line end"]],
  ["\uFEFFa\n", ["error 1: the file begins with a byte order mark"]],
  ["a\n\tb\n", ["warning 2: the line is indented with a tab, expected spaces"]],
  ["a\n  \tb\n", ["warning 2: the line is indented with a tab, expected spaces"]],
  ["a\nb \n", ["warning 2: the line ends with white space"]],
  ["a\n   b\n", ["warning 2: the line is indented by an odd number of spaces"]],
  ["a\n  b\n    c\n\nd\te\n", []],
])("checkLayout of %j finds %j", (text, expected) => {
  const found = checkLayout(text, "widget.rb").map(({ level, location, message }) => {
    expect(message).toMatch(/^widget\.rb: /);
    return `${level} ${location?.line}: ${message.slice("widget.rb: ".length)}`;
  });
  expect(found).toEqual(expected);
});
