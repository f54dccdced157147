import process from "node:process";
import type { GatewayConfig } from "../../config/index.js";
import { createLog } from "../../log/index.js";
import { runServer } from "../../serve/index.js";
import { runWorker, runWorkers, WORKER, WORKER_PAGES, workerCount } from "../../workers/index.js";
import type { Command, CommandContext } from "../command.js";
import { commonExitCodes, configOption, readConfig } from "./shared.js";

export const serveCommand: Command = {
  name: "serve",
  summary: "Serve what the configuration describes.",
  purpose: [
    "Reads gateway.config.yaml, the protos and rules that it names, and serves them over HTTP until it is told to end.",
    "Everything that is wrong is told before anything is served. An upstream that is down is not wrong: its calls answer",
    "503 until it is back, and if it is to tell its protos itself (`schema.reflection`), its routes are there when it is.",
    "",
    "The log goes to standard output, one JSON object a line. SIGTERM or SIGINT (Ctrl-C) stops accepting, finishes what",
    "is in flight and ends; a second one ends at once.",
    "",
    "With server.workers several processes serve the port, one for each core with `auto`. What is said here holds for all of",
    "them together, and one that ends is replaced.",
  ].join("\n"),
  operands: [],
  options: configOption,
  examples: [
    { line: "portico serve", does: "Serves what ./gateway.config.yaml describes." },
    {
      line: "PORT=8000 portico serve -c prod.yaml",
      does: "The same for prod.yaml, which may take its port from the environment.",
    },
  ],
  exitCodes: {
    0: "Told to end, and everything in flight was finished.",
    ...commonExitCodes,
    130: "Ended at once by a second SIGINT.",
    143: "Ended at once by a second SIGTERM.",
  },
  async run(context) {
    const { environment, process: events, logDestination } = context.io;
    const worker = environment[WORKER];
    const config = await readConfig(context);
    if (worker !== undefined) return serveAsWorker(context, config, Number(worker));
    const count = workerCount(config.server.workers);
    const log = createLog(config.log, logDestination(count > 1));
    if (count > 1) return runWorkers(count, config, { log, process: events });
    const gateway = await context.program.createGateway(config, log);
    return runServer(gateway, config, { log, process: events });
  },
};

function serveAsWorker({ io, program }: CommandContext, config: GatewayConfig, worker: number): Promise<number> {
  const log = createLog(config.log, io.logDestination(true), { worker });
  const pagesSocket = io.environment[WORKER_PAGES] ?? "";
  return runWorker(() => program.createGateway(config, log), {
    log,
    process: io.process,
    channel: process,
    pagesSocket,
  });
}
