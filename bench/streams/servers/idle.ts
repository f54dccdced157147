/**
 * The gateway before an upstream that sends one message on every stream and then nothing. Asked for anything by its parent
 * it says how much memory it has resident, in bytes. Arguments: the upstream's port.
 */
import { createGateway, createLog, resolveConfig } from "../../../src/app/index.js";

const config = resolveConfig(
  {
    server: { port: 0 },
    schema: { protos: { roots: ["proto"], files: ["portico/examples/v1/{users,uploads}.proto"] } },
    upstreams: { bench: { target: `127.0.0.1:${process.argv[2]}`, transport: "http2" } },
    openapi: { enabled: false },
    log: { access: false, level: "error" },
  },
  process.cwd(),
);
const gateway = await createGateway(config, createLog(config.log, process.stderr));
process.on("message", () => process.send?.(process.memoryUsage().rss));
process.on("disconnect", () => process.exit());
process.send?.(Number(new URL(await gateway.listen()).port));
