import { describe, expect, test } from "vitest";
import { parseConfig } from "../../src/app/config/index.js";
import { createLog, type Log } from "../../src/app/log/index.js";
import { GatewayError } from "../../src/core/index.js";

const logConfig = (text: string) => parseConfig(`log: { ${text} }`, "gateway.config.yaml", {}).log;

/** What a log writes, as objects, with the time and stacks checked and taken out. */
function written(text: string, write: (log: Log) => void): readonly unknown[] {
  const lines: string[] = [];
  write(createLog(logConfig(text), { write: (line) => lines.push(line) }));
  return lines.map((line) => {
    expect(line.endsWith("}\n")).toBe(true);
    const { time, stack, ...rest } = JSON.parse(line);
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    return stack === undefined ? rest : { ...rest, stack: String(stack).split("\n", 1)[0] };
  });
}

const entry = {
  requestId: "r-1",
  method: "GET",
  path: "/v1/users/ada",
  pattern: "/v1/{name=users/*}",
  rpc: "pkg.Users/GetUser",
  status: 200,
  grpcCode: 0,
  milliseconds: 1.23456,
  bytes: 397,
  client: "127.0.0.1",
  error: null,
};

describe("the log", () => {
  test("has one line a request, at info, with everything that can be said without its content", () => {
    expect(written("level: info", (log) => log.access?.(entry))).toEqual([
      {
        level: "info",
        requestId: "r-1",
        method: "GET",
        path: "/v1/users/ada",
        route: "/v1/{name=users/*}",
        rpc: "pkg.Users/GetUser",
        status: 200,
        grpcCode: 0,
        ms: 1.235,
        bytes: 397,
        client: "127.0.0.1",
        error: null,
        msg: "GET /v1/users/ada 200",
      },
    ]);
  });

  test("keeps a line one line, whatever the path holds, and its message short", () => {
    const path = `/${"x".repeat(200)}\n{"level":"fatal"}`;
    expect(written("", (log) => log.access?.({ ...entry, path }))).toMatchObject([
      { path, msg: `GET /${"x".repeat(78)}… 200` },
    ]);
  });

  test.each(["access: false", "level: warn", "level: silent"])("does no work for requests with %s", (text) => {
    expect(createLog(logConfig(text), { write: () => undefined }).access).toBeNull();
  });

  test("tells causes under the request id, an upstream's as a warning, the gateway's own as an error with its stack", () => {
    const refused = new Error("no connection", { cause: new Error("connect ECONNREFUSED 10.0.0.7:50051") });
    const bug = new TypeError("undefined is not a function");
    expect(
      written("", (log) => {
        log.failure(
          "r-1",
          new GatewayError("GW_UPSTREAM_UNAVAILABLE", "the upstream cannot be reached", { cause: refused }),
        );
        log.failure("r-2", GatewayError.from(bug));
        log.failure("r-3", new GatewayError("GW_UPSTREAM_INVALID", "the answer is no message", { cause: "truncated" }));
      }),
    ).toEqual([
      {
        level: "warn",
        requestId: "r-1",
        error: "GW_UPSTREAM_UNAVAILABLE",
        cause: "no connection: connect ECONNREFUSED 10.0.0.7:50051",
        msg: "the upstream cannot be reached",
      },
      {
        level: "error",
        requestId: "r-2",
        error: "GW_INTERNAL",
        cause: "undefined is not a function",
        stack: "TypeError: undefined is not a function",
        msg: "internal error",
      },
      {
        level: "warn",
        requestId: "r-3",
        error: "GW_UPSTREAM_INVALID",
        cause: "truncated",
        msg: "the answer is no message",
      },
    ]);
  });

  test("follows causes that form a ring no further than they tell", () => {
    const a = new Error("a");
    a.cause = a;
    expect(written("", (log) => log.error("ring", a))).toMatchObject([{ cause: "a: a: a: a: a: a: a: a" }]);
  });

  test("writes what its level lets through", () => {
    const all = (log: Log) => {
      log.info("one", { a: 1 });
      log.warn("two");
      log.error("three");
      log.fatal("four", new Error("why"));
    };
    expect(written("level: warn", all)).toEqual([
      { level: "warn", msg: "two" },
      { level: "error", msg: "three" },
      { level: "fatal", cause: "why", stack: "Error: why", msg: "four" },
    ]);
    expect(written("level: silent", all)).toEqual([]);
  });
});
