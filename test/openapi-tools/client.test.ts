import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import openapiTypescript, { astToString } from "openapi-typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SampleServices, startSampleServices } from "../../examples/index.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { projectRoot } from "../support/project-root.js";
import { createUsersClient } from "./client.js";

const here = path.join(projectRoot, "test/openapi-tools");

let services: SampleServices;
let gateway: RunningGateway;
let origin: string;

beforeAll(async () => {
  services = await startSampleServices();
  gateway = await startGateway({
    schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
    upstreams: { examples: { target: services.address } },
  });
  origin = `http://${gateway.host}:${gateway.port}`;
  const types = astToString(await openapiTypescript(new URL(`${origin}/openapi.json`)));
  mkdirSync(path.join(projectRoot, ".tmp/openapi-tools"), { recursive: true });
  writeFileSync(path.join(projectRoot, ".tmp/openapi-tools/schema.d.ts"), types);
});
afterAll(async () => {
  await gateway?.close();
  await services?.close();
});

/** What the TypeScript of this folder says of a file: the lines with an error. */
function faultyLines(file: string): readonly string[] {
  const compiler = path.join(here, "node_modules/typescript/bin/tsc");
  const config = path.join(here, "tsconfig.json");
  const project = path.join(projectRoot, `.tmp/openapi-tools/${file}.json`);
  writeFileSync(project, JSON.stringify({ extends: config, files: [path.join(here, file)] }));
  const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", project, "--pretty", "false"], {
    encoding: "utf8",
  });
  const lines = stdout.split("\n").filter((line) => /: error TS\d+/.test(line));
  expect(status === 0).toBe(lines.length === 0);
  return [...new Set(lines.map((line) => line.replace(/^.*\/([\w.]+)\((\d+),\d+\): error.*$/, "$1:$2")))];
}

describe("A client made of the live document by openapi-typescript and openapi-fetch", () => {
  it("type-checks", () => {
    expect(faultyLines("client.ts")).toEqual([]);
  });

  it("has types that refuse what the gateway would refuse", () => {
    expect(faultyLines("misuse.ts")).toEqual([6, 7, 8, 9, 10, 11].map((line) => `misuse.ts:${line}`));
  });

  it("calls the gateway: path, query with lists and maps, bodies, errors, 64-bit integers, streams, bytes", async () => {
    const client = createUsersClient(origin);
    expect(await client.nameOf("ada")).toBe("Ada Lovelace");
    expect(await client.nameOf("nobody")).toBe("5: users/nobody is not there");
    expect(await client.namesIn("engine", [])).toEqual(["users/ada", "users/barbara"]);
    expect(await client.namesIn("engine", ["ADMIN"])).toEqual(["users/ada"]);
    expect(await client.units("ada", "1001")).toBe("1");
    expect((await client.create("grace", "Grace Hopper", "grace@example.com"))?.labels).toEqual({ team: "compilers" });
    expect(await client.move("grace", "Arlington")).toBe("Arlington");
    expect(await client.firstOf(2)).toEqual(["users/ada", "users/alan"]);
    expect(await client.echoFile("note.txt", "Buy milk.")).toBe("Buy milk.");
    expect(gateway.failures).toEqual([]);
  });
});
