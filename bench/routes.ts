/**
 * How start-up and one request grow with the number of routes: protos of 10, 100, 1,000 and 10,000 methods are written,
 * loaded, bound and compiled; then routes are asked for without sockets, with an upstream that answers at once, so that
 * what is measured is all of the gateway's own way to the call and back. Requests for ten of the routes show what the
 * number of routes costs a request; those for all of them also what it costs that no two in a row are for the same one.
 *
 *   npm run bench:routes [-- --smoke]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveConfig } from "../src/app/index.js";
import { compileTable, loadRoutes } from "../src/app/routes/index.js";
import { finish } from "../src/core/index.js";
import type { RouteTable } from "../src/http/index.js";
import type { IncomingRequest } from "../src/transcode/index.js";
import type { Upstream } from "../src/upstream/index.js";
import { smoke } from "./support/arguments.js";
import { median, printTable } from "./support/print-table.js";

const sizes = smoke ? [10, 100] : [10, 100, 1_000, 10_000];
const METHODS_A_SERVICE = 10;
const requests = smoke ? 2_000 : 50_000;
const rounds = smoke ? 1 : 5;

/** Services of ten methods each over their own resource, as real APIs have them. */
function writeProtos(folder: string, methods: number): void {
  mkdirSync(folder);
  for (let s = 0; s < methods / METHODS_A_SERVICE; s++) {
    const rpcs = Array.from({ length: METHODS_A_SERVICE }, (_, m) => {
      const rule =
        m % 2 === 0 ? `get: "/v1/{name=things${s}/*}/part${m}"` : `post: "/v1/{name=things${s}/*}/part${m}" body: "*"`;
      return `  rpc Do${m}(Request${s}) returns (Reply${s}) { option (google.api.http) = { ${rule} }; }`;
    });
    writeFileSync(
      join(folder, `service${s}.proto`),
      `syntax = "proto3";
package bench.v1;
import "google/api/annotations.proto";
message Request${s} { string name = 1; int32 size = 2; repeated string tags = 3; }
message Reply${s} { string name = 1; int64 count = 2; }
service Service${s} {
${rpcs.join("\n")}
}
`,
    );
  }
}

/** Answers every call at once with the same two bytes. */
const upstream: Upstream = {
  call: (_request, _options, end) => {
    end({
      status: { code: 0, message: "", details: null },
      message: new Uint8Array([16, 7]),
      header: [],
      trailer: [],
      origin: "upstream",
    });
    return { cancel: () => undefined };
  },
  stream: () => {
    throw new Error("no stream in this bench");
  },
  state: () => "ready",
  connect: () => undefined,
  close: async () => undefined,
};

/** Bytes on the heap and in buffers, after a collection (node --expose-gc). */
function usedMemory(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const rows = [["routes", "load ms", "compile ms", "memory MiB", "request for one of ten µs", "for one of all µs"]];
const folder = mkdtempSync(join(tmpdir(), "portico-routes-"));
try {
  for (const size of sizes) {
    const protos = join(folder, String(size));
    writeProtos(protos, size);
    const config = resolveConfig(
      { schema: { protos: { roots: [protos], files: ["*.proto"] } }, upstreams: { bench: { target: "127.0.0.1:1" } } },
      protos,
    );
    const before = usedMemory();
    const start = performance.now();
    const loaded = loadRoutes(config);
    const loadedAt = performance.now();
    const table = finish(compileTable(config, loaded, new Map([["bench", upstream]])));
    const compiledAt = performance.now();
    const memory = (usedMemory() - before) / 2 ** 20;

    const services = size / METHODS_A_SERVICE;
    const [few, all] = [Math.min(10, services), services].map((asked) =>
      median(
        Array.from({ length: rounds }, () => {
          const begin = performance.now();
          for (let i = 0; i < requests; i++) request(table, Math.floor((((i * 7919) % asked) * services) / asked));
          return ((performance.now() - begin) / requests) * 1_000;
        }),
      ).toFixed(2),
    );
    rows.push([
      String(size),
      (loadedAt - start).toFixed(0),
      (compiledAt - loadedAt).toFixed(0),
      memory.toFixed(1),
      few ?? "",
      all ?? "",
    ]);
  }
} finally {
  rmSync(folder, { recursive: true });
}
printTable(rows);
process.stdout.write(
  `\nrequest: match, read headers and query, encode, decode the reply, ${requests} requests; medians of ${rounds} rounds, Node ${process.version}\n`,
);

function request(table: RouteTable, service: number): void {
  const found = table.matcher.match("GET", `/v1/things${service}/seven/part4`);
  if (found.kind !== "found") throw new Error(`no route for service ${service}`);
  const incoming: IncomingRequest = {
    httpMethod: "GET",
    captures: found.captures,
    rawQuery: "size=3&tags=a",
    headers: { host: "bench.test", "user-agent": "bench", accept: "*/*" },
    rawHeaders: ["Host", "bench.test", "User-Agent", "bench", "Accept", "*/*"],
    remoteAddress: "127.0.0.1",
    secure: false,
    http2: false,
    requestId: "bench",
    body: null,
    form: null,
  };
  table.unary.run(found.value, incoming, (reply) => {
    if (reply.status !== 200) throw new Error(`status ${reply.status}`);
  });
}
