import type { GatewayConfig } from "../../config/index.js";
import type { CommandContext } from "../command.js";
import type { OptionTable } from "../parse-arguments.js";

/** The option of every command that reads the configuration. */
export const configOption: OptionTable = {
  config: {
    kind: "value",
    short: "c",
    placeholder: "FILE",
    description: "The configuration; gateway.config.yaml if left out.",
  },
};

/** The exit codes that all commands share. */
export const commonExitCodes: Readonly<Record<number, string>> = {
  1: "Something is wrong with the files; standard error says what, where, one line each.",
  2: "The command line cannot be read.",
};

/**
 * The configuration that the command line names. Loaded only by commands that need it, so that help and version answer
 * without the parsers.
 * @throws FaultsError
 */
export async function readConfig({ arguments: given, io }: CommandContext): Promise<GatewayConfig> {
  const { loadConfig } = await import("../../config/index.js");
  return loadConfig(given.value("config") ?? "gateway.config.yaml", io.environment);
}

/** "1 route", "2 routes". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
