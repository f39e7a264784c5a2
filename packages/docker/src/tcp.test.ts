import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseEndpoint, type TlsFiles } from "./endpoint.ts";
import { ping } from "./engine.ts";
import { EngineConnectionLost } from "./fault.ts";

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port; // An object, because the server listens on TCP.
}

function pong(server: Server): Server {
  return server.on("request", (_request, response) => response.writeHead(200, { "api-version": "1.47" }).end("OK"));
}

test("reaches an engine over TCP, and reports a missing one", async () => {
  const server = pong(createServer());
  const port = await listen(server);
  await ping(parseEndpoint(`tcp://127.0.0.1:${port}`, "test"));
  await new Promise((resolve) => server.close(resolve));
  const absent = ping(parseEndpoint(`tcp://127.0.0.1:${port}`, "test"));
  await expect(absent).rejects.toThrow(EngineConnectionLost);
  await expect(absent).rejects.toThrow(/ECONNREFUSED/);
});

describe("an engine with TLS", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "tls-"));
  const file = (name: string): string => path.join(folder, name);
  let server: Server;
  let address: string;

  beforeAll(async () => {
    // One self-signed certificate serves as authority, server and client.
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file("key.pem")];
    execFileSync("openssl", ["req", "-x509", "-days", "2", ...key, ...subject, "-out", file("cert.pem")], {
      stdio: "pipe",
    });
    const [cert, keyText] = [readFileSync(file("cert.pem")), readFileSync(file("key.pem"))];
    server = pong(createTlsServer({ cert, key: keyText, ca: cert, requestCert: true, rejectUnauthorized: true }));
    address = `tcp://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const connecting = (tls: TlsFiles): Promise<void> => ping(parseEndpoint(address, "test", tls));

  test("is reached with docker's certificates", async () => {
    await connecting({ ca: file("cert.pem"), cert: file("cert.pem"), key: file("key.pem"), verify: true });
  });

  test("is refused when no known authority signed its certificate, unless verification is off", async () => {
    const own = { cert: file("cert.pem"), key: file("key.pem") };
    await expect(connecting({ ...own, verify: true })).rejects.toThrow(EngineConnectionLost);
    await connecting({ ...own, verify: false });
  });

  test("refuses a client without a certificate", async () => {
    await expect(connecting({ ca: file("cert.pem"), verify: true })).rejects.toThrow(EngineConnectionLost);
  });
});
