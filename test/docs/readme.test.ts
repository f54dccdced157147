import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSampleServices } from "../../examples/index.js";
import { createGateway, createLog, type Gateway, resolveConfig } from "../../src/app/index.js";
import { projectRoot } from "../support/project-root.js";
import { readConsoles, readCurl } from "./read-console.js";

/** The README speaks of the demo's address; the sample services' clock stands still where it says so. */
const ADDRESS = "http://127.0.0.1:8080";
const NOW = new Date("2026-01-02T03:04:05Z");

const consoles = readConsoles(readFileSync(join(projectRoot, "README.md"), "utf8"));
const calls = consoles.filter(({ command }) => command.startsWith("curl "));

let services: Awaited<ReturnType<typeof startSampleServices>>;
let gateway: Gateway;
let address: string;

beforeAll(async () => {
  services = await startSampleServices({ port: 0, now: () => NOW });
  const config = resolveConfig(
    {
      server: { port: 0 },
      schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
      upstreams: { examples: { target: services.address } },
      openapi: { enabled: false },
      log: { level: "silent" },
    },
    projectRoot,
  );
  gateway = await createGateway(config, createLog(config.log, process.stderr));
  address = await gateway.listen();
});

afterAll(async () => {
  await gateway.close(1_000);
  await services.close();
});

describe("The README's tour is what the demo answers", () => {
  it("has a call of each kind: unary, server stream, client stream, both, file up and down, and an error", () => {
    expect(calls.length).toBeGreaterThanOrEqual(12);
  });

  for (const { command, output } of calls) {
    it(command, async () => {
      const { url, init } = readCurl(command);
      const reply = await fetch(url.replace(ADDRESS, address), init);
      expect((await reply.text()).trimEnd()).toBe(output);
    });
  }
});
