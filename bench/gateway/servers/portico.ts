/** The gateway as `portico serve` runs it, without its access log. Arguments: the upstream's port and the transport. */
import { setFlagsFromString } from "node:v8";
import { heapFlags } from "../../../src/app/cli/heap-flags.js";
import { createGateway, createLog, resolveConfig } from "../../../src/app/index.js";
import { reportReady } from "../../support/child.js";
import { protoFiles, protoRoots } from "../answers.js";

for (const flag of heapFlags) setFlagsFromString(flag);
const config = resolveConfig(
  {
    server: { port: 0 },
    schema: { protos: { roots: [...protoRoots], files: [...protoFiles] } },
    upstreams: { bench: { target: `127.0.0.1:${process.argv[2]}`, transport: process.argv[3] as "grpc-js" } },
    openapi: { enabled: false },
    log: { access: false, level: "error" },
  },
  process.cwd(),
);
const gateway = await createGateway(config, createLog(config.log, process.stderr));
reportReady(Number(new URL(await gateway.listen()).port));
