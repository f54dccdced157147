import { readFile } from "node:fs/promises";
import { FaultsError, GatewayError } from "../../../core/index.js";
import type { Command } from "../command.js";
import { UsageError } from "../parse-arguments.js";
import { printExplanation } from "../print-explanation.js";
import { commonExitCodes, configOption, readConfig } from "./shared.js";

export const explainCommand: Command = {
  name: "explain",
  summary: "Say what would become of a request, without making it.",
  purpose: [
    "Says which rule would serve a request, what the rule captures from the path, and the message, metadata and deadline",
    "that would go to the upstream; or why the request would be refused, with the nearest routes. No call is made.",
  ].join("\n"),
  operands: ["METHOD", "PATH"],
  options: {
    ...configOption,
    body: {
      kind: "value",
      short: "d",
      placeholder: "JSON",
      description: "The request's body; @FILE for a file's content.",
    },
    header: {
      kind: "values",
      short: "H",
      placeholder: "'NAME: VALUE'",
      description: "A request header; may be repeated.",
    },
  },
  examples: [
    { line: "portico explain GET '/v1/users?pageSize=2'", does: "Which RPC lists users, and with what message." },
    {
      line: `portico explain PATCH /v1/users/ada --body '{"age": 37}'`,
      does: "The update mask that the body becomes.",
    },
  ],
  exitCodes: {
    0: "A rule would serve it.",
    ...commonExitCodes,
    1: "Nothing would serve it, or something is wrong with the files; the output says what.",
  },
  async run(context) {
    const { io, program, arguments: given } = context;
    const [method = "", target = ""] = given.operands;
    const headers = given.values("header").flatMap(readHeader);
    const body = await readBody(given.value("body"));
    const config = await readConfig(context);
    try {
      const explanation = await program.explain(config, { method: method.toUpperCase(), target, headers, body });
      io.stdout(printExplanation(explanation));
      return explanation.kind === "call" ? 0 : 1;
    } catch (error) {
      // The path itself cannot be read, so that no rule can be named.
      if (!(error instanceof GatewayError)) throw error;
      io.stdout(`refused:  ${error.httpStatus} ${error.id}: ${error.message}\n`);
      return 1;
    }
  },
};

function readHeader(text: string): readonly string[] {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*?)\s*$/.exec(text);
  if (match === null) throw new UsageError(`option --header needs 'NAME: VALUE', got ${JSON.stringify(text)}`);
  return [(match[1] ?? "").toLowerCase(), match[2] ?? ""];
}

async function readBody(text: string | null): Promise<Uint8Array | null> {
  if (text === null) return null;
  if (!text.startsWith("@")) return Buffer.from(text);
  const file = text.slice(1);
  try {
    return await readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FaultsError([
      { file, line: null, column: null, subject: null, message: `cannot read the body: ${reason}` },
    ]);
  }
}
