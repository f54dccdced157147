import type { LogDestination } from "../log/index.js";
import type { Program } from "../program.js";
import type { ProcessEvents } from "../serve/index.js";
import type { Arguments, OptionTable } from "./parse-arguments.js";

/** All that a command touches of the world outside. */
export interface CommandIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly process: ProcessEvents;
  /** Where the log of `serve` and `demo` goes; `shared` with other processes of this program, or not. */
  readonly logDestination: (shared: boolean) => LogDestination;
}

/** What a command needs to run. */
export interface CommandContext {
  readonly io: CommandIo;
  readonly arguments: Arguments;
  readonly program: Program;
}

/** What `--help` teaches of a command, and how its arguments are read. */
export interface Command {
  readonly name: string;
  /** One line, in `portico --help`. */
  readonly summary: string;
  /** What it is for, in a few sentences. */
  readonly purpose: string;
  /** The words after its name, as a user types them; "" for none. */
  readonly operands: readonly string[];
  readonly options: OptionTable;
  /** Command lines with what they do. */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  readonly exitCodes: Readonly<Record<number, string>>;
  /**
   * Does it and gives the exit code.
   * @throws FaultsError for what is wrong with the user's files
   */
  run(context: CommandContext): Promise<number>;
}
