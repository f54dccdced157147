import { describe, expect, test } from "vitest";
import { resolveConfig } from "../../src/app/config/index.js";
import { createGateway } from "../../src/app/index.js";
import { loadRoutes } from "../../src/app/routes/index.js";
import { logEvents, repeatablePaths, upstreamOptions } from "../../src/app/upstreams/index.js";
import type { UpstreamEvent } from "../../src/upstream/index.js";
import { closedPort } from "../support/closed-port.js";
import { projectRoot } from "../support/project-root.js";

const configOf = (upstream: object) =>
  resolveConfig(
    {
      schema: { protos: { roots: ["test/e2e", "proto"], files: ["test/e2e/e2e.proto"] } },
      upstreams: { a: { target: "a:1", services: ["portico.e2e.v1.*"], ...upstream } },
    },
    projectRoot,
  );

describe("an upstream is made", () => {
  const plain = {
    target: "a:1",
    transport: "http2",
    tls: null,
    maxReplyBytes: 4_194_304,
    balancing: "least_request",
    compression: "identity",
    maxPendingCalls: 10_000,
    connectTimeout: 5000,
    dnsRefresh: 30_000,
  };
  const retry = {
    codes: [14],
    attempts: 3,
    initialBackoff: 50,
    maxBackoff: 1000,
    perTryTimeout: Number.POSITIVE_INFINITY,
    budget: { tokens: 100, ratio: 0.1 },
  };

  test.each<{ title: string; upstream: object; options: object }>([
    { title: "without what nobody asked for", upstream: {}, options: plain },
    {
      title: "with everything by its defaults",
      upstream: {
        balancing: "pick_first",
        retry: { methods: "all" },
        maxOpenCalls: 9,
        outliers: true,
        compression: "gzip",
        keepalive: true,
      },
      options: {
        ...plain,
        balancing: "pick_first",
        retry,
        maxOpenCalls: 9,
        outliers: { consecutiveFailures: 5, ejection: 30_000, maxShare: 0.5 },
        compression: "gzip",
        keepalive: { time: 300_000, timeout: 20_000, permitWithoutCalls: false },
      },
    },
    {
      title: "with retries of what may be repeated",
      upstream: { retry: true },
      options: {
        ...plain,
        retry: {
          ...retry,
          paths: new Set(
            [
              "Paths/Get",
              "Raw/Field",
              "Replies/Get",
              "Methods/Get",
              "Methods/Head",
              "Methods/Options",
              "Calls/Watch",
              "Promises/Pure",
            ].map((method) => `/portico.e2e.v1.${method}`),
          ),
        },
      },
    },
  ])("$title", ({ upstream, options }) => {
    const config = configOf(upstream);
    expect(upstreamOptions(config, repeatablePaths(loadRoutes(config)), { warn: () => undefined }).get("a")).toEqual(
      options,
    );
  });

  test("a method is repeatable by its rules, all of them, or by its proto", () => {
    const paths = repeatablePaths(loadRoutes(configOf({})));
    const said = ["Paths/Get", "Calls/Get", "Methods/Post", "Promises/Pure", "Promises/Unsafe"].map((method) =>
      paths.has(`/portico.e2e.v1.${method}`),
    );
    expect(said).toEqual([true, false, false, true, false]);
  });
});

describe("the log says what becomes of an upstream", () => {
  test.each<{ event: UpstreamEvent; line: readonly [level: string, message: string, fields: object] }>([
    {
      event: { kind: "connected", address: "a:1" },
      line: ["info", "upstream users is connected", { upstream: "users", address: "a:1" }],
    },
    {
      event: { kind: "failing", address: null, cause: "cannot resolve a" },
      line: [
        "warn",
        "upstream users cannot be reached: cannot resolve a",
        { upstream: "users", address: null, cause: "cannot resolve a" },
      ],
    },
    {
      event: { kind: "ejected", address: "a:1" },
      line: ["warn", "upstream users fails at a:1, which gets no calls for now", { upstream: "users", address: "a:1" }],
    },
    {
      event: { kind: "returned", address: "a:1" },
      line: ["info", "upstream users gets calls at a:1 again", { upstream: "users", address: "a:1" }],
    },
    {
      event: { kind: "tls_unreadable", cause: "no file" },
      line: [
        "warn",
        "upstream users keeps its TLS files as they were: no file",
        { upstream: "users", cause: "no file" },
      ],
    },
  ])("$event.kind: $line.1", ({ event, line }) => {
    const lines: unknown[] = [];
    const note =
      (level: string) =>
      (...rest: readonly unknown[]): void =>
        void lines.push([level, ...rest]);
    logEvents("users", { info: note("info"), warn: note("warn") })(event);
    expect(lines).toEqual([line]);
  });

  test("and nothing where a connection took the place of one that ended", () => {
    const note = (): void => expect.unreachable("a line was logged");
    logEvents("users", { info: note, warn: note })({ kind: "renewed", address: "a:1" });
  });

  test.each(["http2", "grpc-js"] as const)("and no line for a call, over %s", async (transport) => {
    const port = await closedPort();
    const lines: string[] = [];
    const note =
      (level: string) =>
      (message: string): void =>
        void lines.push(`${level} ${message}`);
    const config = configOf({ target: `127.0.0.1:${port}`, transport });
    const gateway = await createGateway(
      { ...config, server: { ...config.server, port: 0 } },
      { access: null, failure: () => undefined, info: note("info"), warn: note("warn") },
    );
    const url = await gateway.listen();
    const replies = await Promise.all(Array.from({ length: 10 }, () => fetch(`${url}/c/a`)));
    const bodies = await Promise.all(replies.map((reply) => reply.text()));
    await expect.poll(() => lines.length).toBe(1);
    await gateway.close(0);
    expect(lines[0]).toMatch(new RegExp(`^warn upstream a cannot be reached: .*ECONNREFUSED 127.0.0.1:${port}`));
    expect(lines).toHaveLength(1);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([503]));
    for (const body of bodies) expect(body).not.toMatch(/ECONN|127\.0\.0\.1/);
  });
});
