import { FaultsError, nearest, printFault, quoteValue } from "../../core/index.js";
import type { Program } from "../program.js";
import type { Command, CommandIo } from "./command.js";
import { checkCommand } from "./commands/check.js";
import { demoCommand } from "./commands/demo.js";
import { explainCommand } from "./commands/explain.js";
import { openapiCommand } from "./commands/openapi.js";
import { routesCommand } from "./commands/routes.js";
import { serveCommand } from "./commands/serve.js";
import { nearFault } from "./near-path.js";
import { parseArguments, UsageError } from "./parse-arguments.js";
import { helpOption, printCommandHelp, printOverview } from "./print-help.js";

const commands: readonly Command[] = [
  serveCommand,
  demoCommand,
  checkCommand,
  routesCommand,
  explainCommand,
  openapiCommand,
];

/**
 * The command `portico` with its arguments (without node and script), and its exit code: 0 done, 1 something is wrong
 * with the user's files or the program, 2 the command line cannot be read. Faults go to standard error, one a line, as
 * `file:line:column: subject: message`.
 */
export async function run(args: readonly string[], io: CommandIo, program: Program): Promise<number> {
  const [name = "", ...rest] = args;
  if (name === "" || name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    (name === "" ? io.stderr : io.stdout)(printOverview(commands));
    return name === "" ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    io.stdout(`portico ${program.version}\n`);
    return 0;
  }
  if (name === "help") return run([...rest, "--help"], io, program);
  const command = commands.find((candidate) => candidate.name === name);
  return command === undefined ? refuse(io, unknownCommand(name), "") : runCommand(command, rest, io, program);
}

async function runCommand(command: Command, args: readonly string[], io: CommandIo, program: Program): Promise<number> {
  if (asksForHelp(args)) {
    io.stdout(printCommandHelp(command));
    return 0;
  }
  try {
    const given = parseArguments(args, { ...command.options, ...helpOption }, command.operands);
    return await command.run({ io, program, arguments: given });
  } catch (error) {
    if (error instanceof UsageError) return refuse(io, error.message, command.name);
    if (!(error instanceof FaultsError)) throw error;
    for (const fault of error.faults) io.stderr(`${printFault(nearFault(fault))}\n`);
    return 1;
  }
}

/** Help is given whatever else stands on the line, short of what follows `--`. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === "--help" || arg === "-h");
}

function unknownCommand(name: string): string {
  if (name.startsWith("-")) return `unknown option ${quoteValue(name)}; options stand after the command`;
  const near = nearest(
    name,
    commands.map((command) => command.name),
  );
  return `unknown command ${quoteValue(name)}${near === null ? "" : `, did you mean ${quoteValue(near)}?`}`;
}

function refuse(io: CommandIo, message: string, command: string): number {
  const help = ["portico", ...(command === "" ? [] : [command]), "--help"].join(" ");
  io.stderr(`portico: ${message}\nSee ${help}.\n`);
  return 2;
}
