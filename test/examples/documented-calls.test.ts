import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SampleServices, startSampleServices } from "../../examples/index.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { projectRoot } from "../support/project-root.js";
import { sendRaw } from "../support/raw-http.js";

/** An HTTP call that stands in the comment of a method. */
interface DocumentedCall {
  readonly rpc: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const folder = join(projectRoot, "proto/portico/examples/v1");
const files = readdirSync(folder).sort();

/** Calls that are meant to fail; all others answer 200. */
const failures: Readonly<Record<string, number>> = { "/v1/echo:fail": 429, "/v1/echo:wait": 504 };

/** A call begins with its request line, indented once more in the comment; headers and the body follow. */
function readCalls(text: string): { calls: DocumentedCall[]; rpcs: string[] } {
  const calls: DocumentedCall[] = [];
  const rpcs: string[] = [];
  let waiting: string[][] = [];
  for (const line of text.split("\n")) {
    const code = /^ {2}\/\/ {5}(.*)$/.exec(line)?.[1];
    const [, rpc, stream] = /^ {2}rpc (\w+)\((stream )?/.exec(line) ?? [];
    if (code !== undefined && /^[A-Z]+ \//.test(code)) waiting.push([code]);
    else if (code !== undefined) waiting.at(-1)?.push(code);
    if (rpc === undefined) continue;
    rpcs.push(rpc);
    calls.push(...waiting.map((lines) => readCall(rpc, lines, stream !== undefined)));
    waiting = [];
  }
  return { calls, rpcs };
}

function readCall(rpc: string, lines: readonly string[], streams: boolean): DocumentedCall {
  const [first = "", ...rest] = lines;
  const space = first.indexOf(" ");
  const headers: Record<string, string> = {};
  const body: string[] = [];
  for (const line of rest) {
    const [, name, value] = /^([A-Z][A-Za-z-]+): (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers[name] = value;
    else body.push(line);
  }
  // What a file holds is not in the comment.
  if (headers["Content-Type"] !== undefined && body.length === 0) body.push("hello");
  if (streams && headers["Content-Type"] === undefined) headers["Content-Type"] = "application/x-ndjson";
  return {
    rpc,
    method: first.slice(0, space),
    path: encodeURI(first.slice(space + 1)),
    headers,
    body: body.join("\n"),
  };
}

describe.each(files)("%s", (file) => {
  const { calls, rpcs } = readCalls(readFileSync(join(folder, file), "utf8"));
  let services: SampleServices;
  let gateway: RunningGateway;

  beforeAll(async () => {
    services = await startSampleServices();
    gateway = await startGateway({
      schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
      upstreams: { samples: { target: services.address } },
      log: { level: "silent" },
    });
  });

  afterAll(async () => {
    await gateway.close();
    await services.close();
  });

  it("has a call in the comment of every method", () => {
    expect([...new Set(calls.map(({ rpc }) => rpc))]).toEqual(rpcs);
  });

  // In the order of the file: the calls are one story.
  it.each(calls)("$rpc: $method $path", async ({ method, path, headers, body }) => {
    const reply = await sendRaw(gateway, {
      method,
      path,
      headers: body === "" ? headers : { "Content-Type": "application/json", ...headers },
      ...(body === "" ? {} : { body }),
    });
    const status = failures[path.replace(/\?.*$/, "")] ?? 200;
    expect({ status: reply.status, ...(reply.status === status ? {} : { body: reply.body.toString() }) }).toEqual({
      status,
    });
    if (method !== "HEAD") expect(reply.body.length).toBeGreaterThan(0);
    expect(gateway.failures.filter((failure) => !failure.startsWith("the upstream did not answer"))).toEqual([]);
  });
});
