import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { useProgram } from "./support/use-program.js";

// Starting a process takes a second on an idle machine, and many on a busy one.
vi.setConfig({ testTimeout: 60_000 });
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 30_000, interval: 20 });

const { folder, after, start, serve, serveHeld, holdUpstream, request } = useProgram();

async function status(url: string): Promise<number> {
  return (await fetch(url)).status;
}

function accepts(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

describe("portico serve", () => {
  test("on SIGTERM is not ready, takes no connection, finishes the request in flight, and ends with 0", async () => {
    const upstream = await holdUpstream();
    const { child, address, admin } = await serveHeld(upstream.port);
    expect(await status(`${admin}/readyz`)).toBe(200);
    const reply = request(`${address}/v1/thing`);
    await eventually(upstream.calls).toBe(1);
    child.process.kill("SIGTERM");
    await eventually(() => status(`${admin}/readyz`)).toBe(503);
    await eventually(() => accepts(address)).toBe(false);
    upstream.release();
    const { statusCode, headers } = await reply;
    expect([statusCode, headers.connection]).toEqual([200, "close"]);
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.stderr()).toBe("");
    expect(
      child
        .stdout()
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).msg),
    ).toEqual([
      `listening on ${address}`,
      "upstream held is connected",
      "SIGTERM received, finishing requests in flight",
      "GET /v1/thing 200",
      "stopped",
    ]);
  });

  test.runIf(process.platform === "linux")("keeps a crowd of clients waiting while it cannot take them", async () => {
    const upstream = await holdUpstream();
    const { child, address } = await serveHeld(upstream.port);
    const { hostname, port } = new URL(address);
    const crowd = Math.min(800, Number(readFileSync("/proc/sys/net/core/somaxconn", "latin1")));
    child.process.kill("SIGSTOP");
    let waiting = 0;
    const clients = Array.from({ length: crowd }, () =>
      connect({ host: hostname, port: Number(port) })
        .on("connect", () => waiting++)
        .on("error", () => undefined),
    );
    after(() => {
      for (const client of clients) client.destroy();
      child.process.kill("SIGCONT");
    });
    await eventually(() => waiting).toBe(crowd);
  });

  test.each([
    { signal: "SIGTERM", code: 143 },
    { signal: "SIGINT", code: 130 },
  ] as const)("ends at once with $code on a second $signal", async ({ signal, code }) => {
    const upstream = await holdUpstream();
    const { child, address, admin } = await serveHeld(upstream.port);
    const reply = request(`${address}/v1/thing`);
    await eventually(upstream.calls).toBe(1);
    child.process.kill(signal);
    await eventually(() => status(`${admin}/readyz`)).toBe(503);
    child.process.kill(signal);
    await expect(reply).rejects.toThrow("socket hang up");
    expect(await child.exit).toEqual({ code, signal: null });
  });

  test("cuts off what is in flight when the grace is over, and ends with 0", async () => {
    const upstream = await holdUpstream();
    const { child, address } = await serveHeld(upstream.port, "shutdownGrace: 50ms");
    const reply = request(`${address}/v1/thing`);
    await eventually(upstream.calls).toBe(1);
    child.process.kill("SIGTERM");
    await expect(reply).rejects.toThrow("socket hang up");
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });

  test("lets idle connections go on SIGTERM", async () => {
    const upstream = await holdUpstream();
    upstream.release();
    const { child, address } = await serveHeld(upstream.port);
    expect((await request(`${address}/v1/thing`)).statusCode).toBe(200);
    child.process.kill("SIGTERM");
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });

  test("starts without its upstream, answers 503, and recovers by itself", async () => {
    const upstream = await holdUpstream();
    const { port } = upstream;
    upstream.close();
    const { address } = await serveHeld(port);
    expect(await status(`${address}/v1/thing`)).toBe(503);
    const again = await holdUpstream(port);
    again.release();
    await eventually(() => status(`${address}/v1/thing`)).toBe(200);
  });

  test("says whose port it could not have, and ends with 1", async () => {
    const other = await occupy(0);
    const { port } = other.address() as { port: number };
    const child = serve("taken", `server: { port: ${port} }\nadmin: { port: 0 }\n`);
    expect(await child.exit).toEqual({ code: 1, signal: null });
    const config = join(folder, "taken.yaml");
    expect(child.stderr()).toBe(`${config}: server.port: cannot listen on 127.0.0.1:${port}: another process has it\n`);
  });
});

async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    // Whoever has the port already serves the purpose as well.
    server.on("error", () => resolve());
    server.listen(port, "127.0.0.1", resolve);
  });
  after(() => new Promise((resolve) => server.close(resolve)));
  return server;
}

describe("portico demo", () => {
  test("takes the next free ports, prints curl commands that work, and ends on Ctrl-C with 0", async () => {
    for (const port of [8080, 9090, 50_051]) await occupy(port);
    const child = start(["demo"]);
    await child.sees(/Ctrl-C ends it\.\n/);
    const text = child.stdout();
    const [, address = ""] = /at (http:\S+)/.exec(text) ?? [];
    expect(new URL(address).port).not.toBe("8080");
    const commands = text.split("\n").filter((line) => line.startsWith("  curl "));
    expect(commands).toHaveLength(5);
    const answers: unknown[] = [];
    for (const command of commands) {
      const { stdout } = await promisify(execFile)("sh", ["-c", command]);
      answers.push(JSON.parse(stdout.slice(stdout.indexOf("{"))));
    }
    expect(answers).toMatchObject([
      { name: "users/ada", displayName: "Ada Lovelace" },
      {
        users: [
          { name: "users/alan", age: 41 },
          { name: "users/barbara", age: 84 },
        ],
        totalSize: 3,
      },
      { name: "users/grace", displayName: "Grace Hopper" },
      { name: "users/grace", displayName: "Grace Hopper", age: 85 },
      { code: 3, details: [{ "@type": "type.googleapis.com/google.rpc.BadRequest" }] },
    ]);
    child.process.kill("SIGINT");
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect([child.stdout(), child.stderr()]).toEqual([text, ""]);
  });
});
