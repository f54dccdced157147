import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startChild } from "../support/child.js";
import { type Program, startOnPort, startThatTellsPort } from "../support/start-program.js";
import type { Case } from "./cases.js";
import type { Built, Peers } from "./peers/build-peers.js";
import { envoyConfig } from "./peers/envoy-config.js";

/** One server of the comparison. */
export interface Contender {
  readonly id: string;
  readonly name: string;
  /** Cases that it cannot serve, with the reason. */
  readonly cannot: Partial<Record<Case["id"], string>>;
  /** Starts it in front of an upstream, behind a command such as taskset; or tells why it is not there. */
  readonly start: { readonly absent: string } | ((upstreamPort: number, prefix: readonly string[]) => Promise<Program>);
}

const noUpstream = "it has one reply and no upstream";

/** All servers in the order of the table; a further one is a further entry. */
export function contenders({ grpcGateway, vanguard, envoy, descriptors }: Peers): readonly Contender[] {
  const script = (name: string, ...args: string[]): Contender["start"] => {
    const url = new URL(`./servers/${name}.ts`, import.meta.url);
    return (upstreamPort, prefix) => startChild(url, [String(upstreamPort), ...args], prefix);
  };
  const program = (built: Built): Contender["start"] =>
    built.kind === "absent"
      ? { absent: built.reason }
      : (upstreamPort, prefix) => startThatTellsPort([...prefix, built.program, String(upstreamPort)]);
  return [
    {
      id: "static",
      name: "fastify, static reply, no upstream",
      cannot: { query: noUpstream, post: noUpstream, large: noUpstream, stream: noUpstream },
      start: script("static"),
    },
    { id: "portico", name: "Portico, transport http2", cannot: {}, start: script("portico", "http2") },
    { id: "portico-grpc-js", name: "Portico, transport grpc-js", cannot: {}, start: script("portico", "grpc-js") },
    {
      id: "envoy",
      name: "Envoy, grpc_json_transcoder",
      cannot: {},
      start: envoy.kind === "absent" ? { absent: envoy.reason } : startEnvoy(envoy.program, descriptors),
    },
    { id: "grpc-gateway", name: "grpc-gateway v2", cannot: {}, start: program(grpcGateway) },
    {
      id: "vanguard",
      name: "Vanguard",
      cannot: { stream: "its REST streams are of google.api.HttpBody alone" },
      start: program(vanguard),
    },
    { id: "naive-http2", name: "fastify, node:http2, proto-loader objects", cannot: {}, start: script("naive-http2") },
    { id: "naive", name: "fastify, grpc-js, proto-loader objects", cannot: {}, start: script("naive-grpc-js") },
  ];
}

function startEnvoy(program: string, descriptors: string): Contender["start"] {
  const folder = resolve(".tmp/bench-peers");
  return (upstreamPort, prefix) =>
    startOnPort((port) => {
      mkdirSync(folder, { recursive: true });
      const file = join(folder, "envoy.json");
      writeFileSync(file, JSON.stringify(envoyConfig(port, upstreamPort, descriptors)));
      const quiet = ["--log-level", "error", "--use-dynamic-base-id"];
      return [...prefix, program, "-c", file, "--concurrency", "1", ...quiet];
    });
}
