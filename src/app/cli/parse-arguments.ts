import { parseArgs } from "node:util";
import { nearest, quoteValue } from "../../core/index.js";

/** One option of a command. */
export interface Option {
  /** `flag` takes no value; `values` may be given several times. */
  readonly kind: "flag" | "value" | "values";
  readonly short?: string;
  /** Stands for the value in help: "FILE". */
  readonly placeholder?: string;
  readonly description: string;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** The arguments of a command, read. */
export interface Arguments {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  value(name: string): string | null;
  values(name: string): readonly string[];
}

/** The command line cannot be read; its message is for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads `--name`, `--name=value`, `--name value`, `-n value` and operands; `--` ends the options.
 * @throws UsageError naming the option, with the nearest known one
 */
export function parseArguments(args: readonly string[], options: OptionTable, operands: readonly string[]): Arguments {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { kind, short }]) => [
        name,
        { type: kind === "flag" ? "boolean" : "string", ...(short === undefined ? {} : { short }) },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) throw new UsageError(unknownOption(token.rawName, options));
    if (option.kind === "flag" && token.value !== undefined)
      throw new UsageError(`option ${token.rawName} takes no value`);
    if (option.kind !== "flag" && (token.value === undefined || (!token.inlineValue && token.value.startsWith("--")))) {
      throw new UsageError(`option ${token.rawName} needs a value: ${token.rawName} ${option.placeholder ?? "VALUE"}`);
    }
    if (option.kind === "value" && given.has(token.name))
      throw new UsageError(`option ${token.rawName} is given twice`);
    given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? ""]);
  }
  checkOperands(positionals, operands);
  return {
    operands: positionals,
    flag: (name) => given.has(name),
    value: (name) => given.get(name)?.[0] ?? null,
    values: (name) => given.get(name) ?? [],
  };
}

function unknownOption(rawName: string, options: OptionTable): string {
  const near = nearest(rawName.replace(/^-+/, ""), Object.keys(options));
  return `unknown option ${quoteValue(rawName)}${near === null ? "" : `, did you mean --${near}?`}`;
}

function checkOperands(given: readonly string[], wanted: readonly string[]): void {
  const missing = wanted[given.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const extra = given[wanted.length];
  if (extra !== undefined) throw new UsageError(`unexpected argument ${quoteValue(extra)}`);
}
