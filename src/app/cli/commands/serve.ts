import { createLog } from "../../log/index.js";
import { runServer } from "../../serve/index.js";
import type { Command } from "../command.js";
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
    const config = await readConfig(context);
    const log = createLog(config.log, context.io.logDestination());
    const gateway = await context.program.createGateway(config, log);
    return runServer(gateway, config, { log, process: context.io.process });
  },
};
