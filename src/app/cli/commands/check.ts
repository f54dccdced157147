import { printFault } from "../../../core/index.js";
import type { LoadedRoutes } from "../../routes/index.js";
import { together } from "../../together.js";
import type { Command } from "../command.js";
import { nearFault } from "../near-path.js";
import { commonExitCodes, configOption, count, readConfig } from "./shared.js";

export const checkCommand: Command = {
  name: "check",
  summary: "Say everything that is wrong with the configuration, protos and rules.",
  purpose: [
    "Reads everything that `serve` reads, and says everything that would keep it from starting, all at once: one line",
    "each, with file, line and column. Opens no port, so it fits into a build; it connects to no upstream but those of",
    "`schema.reflection`, which must be there to be asked.",
  ].join("\n"),
  operands: [],
  options: configOption,
  examples: [
    { line: "portico check", does: "Checks ./gateway.config.yaml and prints what it serves, or what is wrong." },
    { line: "portico check -c prod.yaml", does: "Checks prod.yaml." },
  ],
  exitCodes: { 0: "Nothing is wrong; there may be warnings.", ...commonExitCodes },
  async run(context) {
    const { io, program } = context;
    const config = await readConfig(context);
    const { checkOverlays, loadOverlays } = await import("../../docs/index.js");
    const [loaded, overlays] = await together(program.loadRoutes(config), loadOverlays(config.openapi.overlay));
    checkOverlays(config, loaded, overlays);
    for (const warning of loaded.warnings) io.stderr(`warning: ${printFault(nearFault(warning))}\n`);
    io.stdout(`ok: ${summary(loaded)}\n`);
    return 0;
  },
};

/** `12 routes of 10 methods, 3 services`. */
function summary({ bindings }: LoadedRoutes): string {
  const methods = new Set(bindings.map(({ rpc }) => rpc.fullName));
  const services = new Set(bindings.map(({ rpc }) => rpc.service.fullName));
  return `${count(bindings.length, "route")} of ${count(methods.size, "method")}, ${count(services.size, "service")}`;
}
