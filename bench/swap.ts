/**
 * What a new schema costs a gateway that serves: a schema as an upstream tells it by server reflection is offered in two
 * versions by turns, each linked, bound, compiled and put in place. Meanwhile the event loop is watched: its longest turn is
 * how long a request may have to wait for the swap, or for the OpenAPI document that is asked for after it. The first swap of all finds code that V8 has not compiled yet.
 *
 *   npm run bench:swap [-- --smoke]
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createServing } from "../src/app/create-serving.js";
import { createDocuments } from "../src/app/docs/create-documents.js";
import { resolveConfig } from "../src/app/index.js";
import { SchemaBoard } from "../src/app/reflection/schema-board.js";
import { readInputs } from "../src/app/routes/index.js";
import { finishInTurns } from "../src/core/index.js";
import { loadProtoFiles, type Reflection } from "../src/schema/index.js";
import { buildSet, copyGoogleFiles, googleRoot, inFolder } from "../test/schema/support/build-set.js";
import { smoke } from "./support/arguments.js";
import { median, printTable } from "./support/print-table.js";

const rounds = smoke ? 2 : 20;

/** APIs of google-proto-files whose rules can be served together. */
const google = [
  "actions/sdk/v2 api/servicecontrol/v2 apps/drive/labels/v2 bigtable/v2 cloud/agentidentitycredentials/v1 cloud/asset/v1",
  "cloud/automl/v1 cloud/beyondcorp/appgateways/v1 cloud/bigquery/connection/v1 cloud/bigquery/migration/v2",
  "cloud/bigquery/v2 cloud/certificatemanager/v1 cloud/cloudsecuritycompliance/v1 cloud/enterpriseknowledgegraph/v1",
  "cloud/functions/v2 cloud/gkeconnect/gateway/v1 cloud/gsuiteaddons/v1 cloud/ids/v1 cloud/licensemanager/v1",
  "cloud/orgpolicy/v2 cloud/privilegedaccessmanager/v1 cloud/storagebatchoperations/v1 cloud/webrisk/v1",
  "datastore/admin/v1 devtools/containeranalysis/v1 firestore/admin/v1 iam/credentials/v1 logging/v2 maps/isochrones/v1",
  "maps/routes/v1 monitoring/v3",
].flatMap((line) => line.split(" ").map((api) => `google/${api}`));

interface Corpus {
  readonly name: string;
  /** A FileDescriptorSet. */
  readonly set: () => Uint8Array;
  /** The files whose services are listed. */
  readonly own: RegExp;
}

const samples: Corpus = {
  name: "the sample services",
  set: () => readFileSync("proto/examples.binpb"),
  own: /^portico\//,
};
const large: Corpus = {
  name: "31 APIs of Google",
  set: () => {
    const files = google.map((api) => `${api}/*.proto`);
    const names = loadProtoFiles({ roots: [googleRoot], files, cwd: googleRoot }).files.keys();
    return inFolder((folder) => {
      copyGoogleFiles(folder, names);
      return buildSet(folder, "descriptor set");
    });
  },
  own: new RegExp(`^(${google.join("|")})/`),
};

/** What a server of these protos tells. Versions differ in nothing but that they are said to. */
function reflectionOf({ set, own }: Corpus): (version: number) => Reflection {
  const { file } = fromBinary(FileDescriptorSetSchema, set());
  const files = file
    .map((each) => [each.name, Buffer.from(toBinary(FileDescriptorProtoSchema, each))] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const services = file
    .filter(({ name }) => own.test(name))
    .flatMap(({ package: name, service }) => service.map((each) => `${name}.${each.name}`))
    .sort();
  return (version) => ({
    upstream: "bench",
    services,
    undescribed: [],
    files: new Map(files),
    missing: new Map(),
    digest: createHash("sha256").update(String(version)).digest("base64url"),
  });
}

const rows = [["schema", "routes", "swap", "CPU ms", "longest turn of the loop, ms"]];
// The large one first: it is the one that finds V8 cold.
for (const corpus of smoke ? [samples] : [large, samples]) {
  const version = reflectionOf(corpus);
  const config = resolveConfig({
    schema: { reflection: ["bench"] },
    upstreams: { bench: { target: "127.0.0.1:1" } },
  });
  const serving = await createServing(config);
  const refused: string[] = [];
  const log = { info: () => undefined, warn: (message: string) => void refused.push(message) };
  const board = new SchemaBoard(config, readInputs(config), serving, log, new AbortController().signal);
  const swaps: { readonly cpu: number; readonly longest: number }[] = [];
  for (let round = 0; round <= rounds; round++) swaps.push(await watched(() => board.offer(version(round))));
  if (refused.length > 0) throw new Error(refused.join("\n"));
  const routes = String(serving.current.loaded.bindings.length);
  const [first, ...others] = swaps;
  if (first === undefined) throw new Error("nothing was measured");
  rows.push([corpus.name, routes, "first", first.cpu.toFixed(0), first.longest.toFixed(1)]);
  const [cpu, longest] = (["cpu", "longest"] as const).map((what) => others.map((swap) => swap[what]));
  const worst = Math.max(...(longest ?? [])).toFixed(1);
  rows.push([
    corpus.name,
    routes,
    `the next ${rounds}`,
    median(cpu ?? []).toFixed(0),
    `${median(longest ?? []).toFixed(1)} (${worst} at most)`,
  ]);
  for (const format of ["json", "yaml"] as const) {
    const documents = createDocuments(config, serving.current.loaded, [], "");
    const { cpu: whole, longest: most } = await watched(async () => {
      await finishInTurns(documents.prepare());
      await documents.print({ part: null, version: "3.1", format });
    });
    rows.push([corpus.name, routes, `its document, ${format}`, whole.toFixed(0), most.toFixed(1)]);
  }
  await serving.close(0);
}
printTable(rows);
process.stdout.write(`\nmedians, Node ${process.version}\n`);

/** CPU of the process, and the longest turn of the event loop, while something is done. */
async function watched(act: () => Promise<void>): Promise<{ readonly cpu: number; readonly longest: number }> {
  let last = performance.now();
  let longest = 0;
  let going = true;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  const start = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(start);
  turn();
  going = false;
  return { cpu: (user + system) / 1000, longest };
}
