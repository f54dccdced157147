import { join } from "node:path";
import type { GatewayConfig } from "../../config/index.js";
import { createLog } from "../../log/index.js";
import { runServer } from "../../serve/index.js";
import type { Command } from "../command.js";
import { freePort } from "../free-port.js";
import { commonExitCodes } from "./shared.js";

const HOST = "127.0.0.1";

export const demoCommand: Command = {
  name: "demo",
  summary: "Start sample services and a gateway in front of them, with curl commands to try.",
  purpose: [
    "Starts the sample services (a real gRPC server with users, orders, uploads, chat, …) and the gateway in front of",
    "them, and prints its address, the address of its docs and five curl commands that work when pasted. It listens on",
    "ports 8080, 9090 and 50051 of this machine alone, or the next free ones. Nothing is kept when it ends.",
    "",
    "The protos that it serves lie in proto/, its configuration in gateway.config.yaml: both are there to be read.",
  ].join("\n"),
  operands: [],
  options: {},
  examples: [{ line: "portico demo", does: "Starts it; Ctrl-C ends it." }],
  exitCodes: { 0: "Told to end.", ...commonExitCodes },
  async run({ io, program }) {
    const samples = await program.startSampleServices({ host: HOST, port: await freePort(HOST, 50_051) });
    try {
      const port = await freePort(HOST, 8080);
      const environment = {
        ...io.environment,
        PORTICO_HOST: HOST,
        PORTICO_PORT: String(port),
        PORTICO_ADMIN_PORT: String(await freePort(HOST, 9090, [port])),
        PORTICO_EXAMPLES: samples.address,
      };
      const { loadConfig } = await import("../../config/index.js");
      const config = quiet(loadConfig(join(program.root, "gateway.config.yaml"), environment));
      const log = createLog(config.log, io.logDestination(false));
      const gateway = await program.createGateway(config, log);
      return await runServer(gateway, config, {
        log,
        process: io.process,
        onListening: (address, admin) => io.stdout(welcome(address, admin, samples.address, config)),
      });
    } finally {
      await samples.close();
    }
  },
};

/** Warnings alone: what a newcomer pastes beside it should not scroll away. */
function quiet(config: GatewayConfig): GatewayConfig {
  return { ...config, log: { ...config.log, access: false, level: "warn" } };
}

function welcome(address: string, admin: string | null, samples: string, { openapi }: GatewayConfig): string {
  return [
    `Portico serves the sample services at ${address}`,
    ...(openapi.enabled && openapi.ui !== null ? [`  docs      ${address}${openapi.ui}`] : []),
    `  live      ${address}/v1/files/pages/live.html`,
    ...(admin === null ? [] : [`  health    ${admin}/readyz`]),
    `  gRPC      ${samples}`,
    "",
    "Try, in another terminal:",
    "",
    ...curlCommands(address).flatMap(({ does, line }) => [`  # ${does}`, `  ${line}`, ""]),
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}

/** Five requests that show what a gateway does. */
function curlCommands(address: string): readonly { readonly does: string; readonly line: string }[] {
  return [
    { does: "Read one user.", line: `curl -s ${address}/v1/users/ada` },
    {
      does: "List users: fields of the request message as query parameters.",
      line: `curl -s '${address}/v1/users?filter=age%20%3E%3D%2040&pageSize=2&readMask=name,age'`,
    },
    {
      does: "Create one.",
      line: `curl -s '${address}/v1/users?userId=grace' -d '{"displayName": "Grace Hopper", "email": "grace@example.com"}'`,
    },
    {
      does: "Change one field of it; the update mask is read off the body.",
      line: `curl -s -X PATCH ${address}/v1/users/grace -d '{"age": 85}'`,
    },
    {
      does: "An error says which field is wrong, and why.",
      line: `curl -s -i ${address}/v1/users -d '{"displayName": "", "email": "nowhere", "age": 200}'`,
    },
  ];
}
