import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { listenOn } from "../../src/app/listen-on.js";

const folder = mkdtempSync(join(tmpdir(), "portico-listen-"));
afterAll(() => rmSync(folder, { recursive: true }));
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

function listen(target: Parameters<typeof listenOn>[1]): Promise<string> {
  const server = createServer();
  servers.push(server);
  return listenOn(server, target, { file: "g.yaml", key: "server.port" });
}

describe("the address of what listens", () => {
  test("is a URL with the port that was got", async () => {
    expect(await listen({ host: "127.0.0.1", port: 0 })).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  });

  test("is the path of a socket; a second server there is told what may be the matter", async () => {
    const socket = join(folder, "x.sock");
    expect(await listen({ socket })).toBe(`unix:${socket}`);
    await expect(listen({ socket })).rejects.toThrow(
      `g.yaml: server.port: cannot listen on ${JSON.stringify(socket)}: another process has it, or one that crashed has left the file behind: then remove it`,
    );
    await expect(listen({ socket: join(folder, "nowhere/x.sock") })).rejects.toThrow(
      "its folder does not exist, or this user may not write to it",
    );
  });

  test("has an IPv6 address in brackets, also in faults", async () => {
    // RFC 3849: a prefix for documentation, which no machine has.
    await expect(listen({ host: "2001:db8::1", port: 80 })).rejects.toThrow("cannot listen on [2001:db8::1]:80: ");
  });
});
