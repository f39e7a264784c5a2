import { describe, expect, test } from "@jest/globals";
import { type Endpoint, formatEndpoint, parseEndpoint } from "./endpoint.ts";

const tcp = (host: string, port: number): Endpoint => ({ kind: "tcp", host, port, tls: undefined });

describe("parseEndpoint", () => {
  test.each<[address: string, endpoint: Endpoint]>([
    ["unix:///var/run/docker.sock", { kind: "socket", path: "/var/run/docker.sock" }],
    ["npipe:////./pipe/docker_engine", { kind: "socket", path: "//./pipe/docker_engine" }],
    ["tcp://10.0.0.1:2375", tcp("10.0.0.1", 2375)],
    ["tcp://build-host:4000/", tcp("build-host", 4000)],
    ["tcp://[::1]:2375", tcp("::1", 2375)],
  ])("reads %s, and writes it back", (address, endpoint) => {
    expect(parseEndpoint(address, "DOCKER_HOST")).toEqual(endpoint);
    expect(formatEndpoint(endpoint)).toBe(address.replace(/(?<=\d)\/$/, ""));
  });

  test("uses the default port, which depends on TLS", () => {
    expect(parseEndpoint("tcp://host", "DOCKER_HOST")).toMatchObject({ port: 2375 });
    expect(parseEndpoint("tcp://host", "DOCKER_HOST", { verify: true })).toMatchObject({ port: 2376 });
  });

  test.each([
    "",
    "docker",
    "unix://",
    "unix://relative.sock",
    "tcp://",
    "tcp://host:99999",
    "tcp://host/path",
    "http://host",
    "fd://",
  ])('refuses "%s", and names its source and the expected form', (address) => {
    expect(() => parseEndpoint(address, "DOCKER_HOST")).toThrow(`DOCKER_HOST is "${address}", expected`);
  });

  test("says how to reach an engine over ssh", () => {
    const parse = (): Endpoint => parseEndpoint("ssh://me@host", "DOCKER_HOST");
    expect(parse).toThrow("engines over ssh");
    expect(parse).toThrow(expect.objectContaining({ advice: expect.stringContaining("/var/run/docker.sock me@host") }));
  });
});
