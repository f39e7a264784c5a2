import { describe, expect, test } from "@jest/globals";
import { gatewayUrl, parseGateway, parseRepository } from "./gateway.ts";

const repository = parseRepository("acme/widget");
const file = { tag: "v1.2.3", file: "widget.tar.xz" };

describe("parseGateway", () => {
  test.each([
    ["https://acme.gateway.scarf.sh/widget", "https://acme.gateway.scarf.sh/widget/v1.2.3/widget.tar.xz"],
    ["https://acme.gateway.scarf.sh/", "https://acme.gateway.scarf.sh/v1.2.3/widget.tar.xz"],
    ["https://get.acme.dev/{owner}/{repo}/{tag}/{file}", "https://get.acme.dev/acme/widget/v1.2.3/widget.tar.xz"],
    ["https://get.acme.dev/widget-{tag}/{file}", "https://get.acme.dev/widget-v1.2.3/widget.tar.xz"],
    ["https://get.acme.dev/{file}/of/{tag}", "https://get.acme.dev/widget.tar.xz/of/v1.2.3"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080/v1.2.3/widget.tar.xz"],
  ])("reads %s", (text, url) => {
    expect(gatewayUrl(parseGateway(text, repository), file)).toBe(url);
  });

  test.each([
    ["", "is not a URL"],
    ["acme.gateway.scarf.sh/widget", "is not a URL"],
    ["https://a b/{tag}/{file}", "is not a URL"],
    ["http://acme.gateway.scarf.sh/widget", "must begin with https://"],
    ["ftp://acme.dev/x", "must begin with https://"],
    ["https://acme.dev/{file}", "must name {tag} and {file} once each"],
    ["https://acme.dev/{tag}/{tag}/{file}", "must name {tag} and {file} once each"],
    ["https://acme.dev/{version}/{tag}/{file}", "has the placeholder {version}"],
    ["https://acme.dev/{tag}{file}", "apart with a slash"],
    ["https://acme.dev/{tag}-{file}", "apart with a slash"],
    ["https://acme.dev/?tag={tag}/{file}", "without user, query or fragment"],
    ["https://user@acme.dev/x", "without user, query or fragment"],
    ["https://github.com/acme/widget/releases/download/{tag}/{file}", "is GitHub itself"],
  ])("refuses %j", (text, message) => {
    expect(() => parseGateway(text, repository)).toThrow(message);
  });

  test("inserts a tag with replacement patterns literally", () => {
    expect(gatewayUrl(parseGateway("https://acme.dev", repository), { tag: "v$&", file: "$1" })).toBe(
      "https://acme.dev/v$&/$1",
    );
  });
});

test.each(["", "widget", "acme/", "/widget", "acme/widget/x", "acme/..", "ac me/widget", "-x/widget", "acme/wid get"])(
  "refuses the repository %j",
  (text) => {
    expect(() => parseRepository(text)).toThrow("expected owner/name");
  },
);
