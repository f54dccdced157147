import { describe, expect, test } from "vitest";
import { resolveConfig } from "../../src/app/config/index.js";
import { loadRoutes } from "../../src/app/routes/index.js";
import { repeatablePaths, upstreamOptions } from "../../src/app/upstreams/index.js";
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
              "Promises/Pure",
            ].map((method) => `/portico.e2e.v1.${method}`),
          ),
        },
      },
    },
  ])("$title", ({ upstream, options }) => {
    const config = configOf(upstream);
    expect(upstreamOptions(config, loadRoutes(config)).get("a")).toEqual(options);
  });

  test("a method is repeatable by its rules, all of them, or by its proto", () => {
    const paths = repeatablePaths(loadRoutes(configOf({})));
    const said = ["Paths/Get", "Calls/Get", "Methods/Post", "Promises/Pure", "Promises/Unsafe"].map((method) =>
      paths.has(`/portico.e2e.v1.${method}`),
    );
    expect(said).toEqual([true, false, false, true, false]);
  });
});
