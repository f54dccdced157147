import { alignColumns } from "./align-columns.js";
import type { Command } from "./command.js";
import type { OptionTable } from "./parse-arguments.js";

/** Options that every command has. */
export const helpOption: OptionTable = {
  help: { kind: "flag", short: "h", description: "Print this text." },
};

/** `portico --help`. */
export function printOverview(commands: readonly Command[]): string {
  return [
    "Portico puts REST in front of gRPC: it reads google.api.http rules and serves them, no generated code.",
    "",
    "Usage: portico COMMAND [OPTIONS]",
    "",
    "Commands:",
    ...alignColumns(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    "",
    "Options:",
    ...alignColumns([
      ["  -h, --help", "Print this text; after a command, how to use it."],
      ["  -v, --version", "Print the version."],
    ]),
    "",
    "New here? `portico demo` shows everything in a minute; `portico serve --help` says what to do next.",
    "",
  ].join("\n");
}

/** `portico COMMAND --help`. */
export function printCommandHelp(command: Command): string {
  const options = { ...command.options, ...helpOption };
  const usage = ["portico", command.name, ...command.operands, "[OPTIONS]"].join(" ");
  return [
    command.purpose,
    "",
    `Usage: ${usage}`,
    "",
    "Options:",
    ...alignColumns(Object.entries(options).map(([name, option]) => [optionName(name, option), option.description])),
    "",
    "Examples:",
    ...command.examples.flatMap(({ line, does }) => [`  $ ${line}`, `      ${does}`]),
    "",
    "Exit codes:",
    ...alignColumns(Object.entries(command.exitCodes).map(([code, meaning]) => [`  ${code}`, meaning])),
    "",
  ].join("\n");
}

function optionName(name: string, { short, placeholder }: OptionTable[string]): string {
  const value = placeholder === undefined ? "" : ` ${placeholder}`;
  return short === undefined ? `      --${name}${value}` : `  -${short}, --${name}${value}`;
}
