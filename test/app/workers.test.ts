import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { workersReadiness } from "../../src/app/workers/workers-readiness.js";
import type { Child } from "./support/child.js";
import { type ServingChild, useProgram } from "./support/use-program.js";

// Three processes start for each test: a second each on an idle machine, and many on a busy one.
vi.setConfig({ testTimeout: 90_000 });
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 40_000, interval: 20 });

const { folder, after, serve, serveHeld, holdUpstream, request } = useProgram();

interface Workers extends ServingChild {
  /** Process ids by the worker's number, the last one each. */
  pids(): number[];
  messages(): string[];
}

const lines = (child: Child): Record<string, unknown>[] =>
  child
    .stdout()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

async function serveTwo(upstreamPort: number, more = ""): Promise<Workers> {
  const serving = await serveHeld(upstreamPort, "workers: 2", more);
  return {
    ...serving,
    pids: () => {
      const pids: number[] = [];
      for (const { worker, pid } of lines(serving.child)) {
        if (typeof pid === "number") pids[Number(worker) - 1] = pid;
      }
      return pids;
    },
    messages: () => lines(serving.child).map(({ msg }) => String(msg)),
  };
}

async function ready(admin: string): Promise<unknown> {
  const reply = await fetch(`${admin}/readyz`);
  return [reply.status, await reply.json()];
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: there is no such process any more.
    return false;
  }
}

describe("portico serve with two workers", () => {
  test("hands connections to both, says once where it listens, and finishes what both have in flight on SIGTERM", async () => {
    const upstream = await holdUpstream();
    const { child, address, admin, pids, messages } = await serveTwo(upstream.port, "openapi: { port: admin }\n");
    expect(await ready(admin)).toEqual([200, { status: "ready" }]);
    // What a worker serves for the admin port is there, too.
    const document = (await (await fetch(`${admin}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(document.paths)).toEqual(["/v1/thing"]);
    const replies = Array.from({ length: 10 }, () => request(`${address}/v1/thing`));
    await eventually(upstream.calls).toBe(10);
    // As a terminal does for Ctrl-C, and a supervisor for a group: every process gets the signal.
    for (const pid of pids()) process.kill(pid, "SIGTERM");
    child.process.kill("SIGTERM");
    await eventually(() => ready(admin)).toEqual([503, { status: "not ready", reasons: ["the gateway is draining"] }]);
    upstream.release();
    for (const reply of replies) {
      const { statusCode, headers } = await reply;
      expect([statusCode, headers.connection]).toEqual([200, "close"]);
    }
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.stderr()).toBe("");
    expect(messages().filter((message) => message.startsWith("listening on"))).toEqual([`listening on ${address}`]);
    expect(messages().at(-1)).toBe("stopped");
    const served = lines(child).filter(({ msg }) => msg === "GET /v1/thing 200");
    expect(served.length).toBe(10);
    expect([...new Set(served.map(({ worker }) => worker))].sort()).toEqual([1, 2]);
    expect(readdirSync(folder).filter((name) => name.startsWith("portico-"))).toEqual([]);
  });

  test("replaces one that is killed, and tells it", async () => {
    const upstream = await holdUpstream();
    upstream.release();
    const { child, address, admin, pids } = await serveTwo(upstream.port);
    const [first = 0, second = 0] = pids();
    process.kill(second, "SIGKILL");
    await child.sees(/"msg":"worker 2 ended by SIGKILL; another one is started in 100 ms"/);
    expect(await ready(admin)).toEqual([200, { status: "ready", warnings: ["worker 2 does not answer"] }]);
    // Those connections that are open now and come now all go to the other one.
    for (let i = 0; i < 4; i++) expect((await request(`${address}/v1/thing`)).statusCode).toBe(200);
    await eventually(() => ready(admin)).toEqual([200, { status: "ready" }]);
    // Its line in the log comes up to 100 ms later.
    await eventually(() => pids()[1]).not.toBe(second);
    expect(pids()[0]).toBe(first);
    for (let i = 0; i < 4; i++) expect((await request(`${address}/v1/thing`)).statusCode).toBe(200);
    child.process.kill("SIGTERM");
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });

  test("ends both at once on a second signal", async () => {
    const upstream = await holdUpstream();
    const { child, address, admin, pids } = await serveTwo(upstream.port);
    const reply = request(`${address}/v1/thing`);
    await eventually(upstream.calls).toBe(1);
    child.process.kill("SIGINT");
    await eventually(async () => (await fetch(`${admin}/readyz`)).status).toBe(503);
    child.process.kill("SIGINT");
    await expect(reply).rejects.toThrow("socket hang up");
    expect(await child.exit).toEqual({ code: 130, signal: null });
    expect(pids().filter(alive)).toEqual([]);
  });

  test("leaves no worker behind when it is killed itself", async () => {
    const upstream = await holdUpstream();
    const { child, pids } = await serveTwo(upstream.port);
    child.process.kill("SIGKILL");
    await child.exit;
    await eventually(() => pids().filter(alive)).toEqual([]);
  });

  test("says once whose port it could not have, and ends with 1", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    after(() => new Promise((resolve) => other.close(resolve)));
    const { port } = other.address() as { port: number };
    const child = serve("taken", `server: { port: ${port}, workers: 2 }\nadmin: { port: 0 }\n`);
    expect(await child.exit).toEqual({ code: 1, signal: null });
    const config = join(folder, "taken.yaml");
    expect(child.stderr()).toBe(`${config}: server.port: cannot listen on 127.0.0.1:${port}: another process has it\n`);
    expect(child.stdout()).toBe("");
  });

  test("says once what is wrong with the files, and ends with 1", async () => {
    const child = serve(
      "missing",
      "server: { port: 0, workers: auto }\nschema: { protos: { roots: [.], files: [none.proto] } }\nadmin: { port: 0 }\n",
    );
    expect(await child.exit).toEqual({ code: 1, signal: null });
    expect(child.stderr().trimEnd().split("\n")).toEqual([expect.stringContaining('"none.proto"')]);
  });
});

describe("/readyz of several workers", () => {
  const good = { kind: "ready", failing: [], notServing: [], withoutSchema: [] } as const;
  const bad = { kind: "ready", failing: ["a"], notServing: ["b"], withoutSchema: [] } as const;

  test.each([
    { title: "ready where all are", states: [good, good], reply: { status: 200, json: { status: "ready" } } },
    {
      title: "what any of them says of an upstream, once",
      states: [bad, good, bad],
      reply: {
        status: 503,
        json: {
          status: "not ready",
          reasons: ["upstream a is failing", "upstream b says that it is not serving"],
        },
      },
    },
    {
      title: "a warning for one that does not answer",
      states: [good, null],
      reply: { status: 200, json: { status: "ready", warnings: ["worker 2 does not answer"] } },
    },
    {
      title: "not ready where none is",
      states: [null, { kind: "starting" } as const],
      reply: { status: 503, json: { status: "not ready", reasons: ["the gateway is starting"] } },
    },
  ])("says $title", ({ states, reply }) => {
    const of = states.map((state, i) => ({ worker: i + 1, state }));
    expect(workersReadiness(of, "upstreams")).toEqual(reply);
  });
});
