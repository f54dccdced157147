import { unreachable } from "../../core/index.js";
import { type Binding, printBinding } from "../../rules/index.js";
import type { ExplainedCapture, Explanation } from "../explanation.js";
import { alignColumns } from "./align-columns.js";
import { inFieldOrder } from "./in-field-order.js";
import { nearPath } from "./near-path.js";

/** An explanation as text for people. */
export function printExplanation(explanation: Explanation): string {
  switch (explanation.kind) {
    case "call": {
      const { binding, captures, upstream, timeout, metadata, message } = explanation;
      return [
        ...ruleLines(binding, captures),
        `upstream: ${upstream.name} (${upstream.target})`,
        `deadline: ${Number.isFinite(timeout) ? `${timeout}ms` : "none"}`,
        ...metadataLines(metadata),
        `message:  ${binding.rpc.input.fullName}`,
        ...indent(JSON.stringify(inFieldOrder(JSON.parse(message), binding.rpc.input), null, 2).split("\n")),
        "",
      ].join("\n");
    }
    case "refused": {
      const { binding, captures, status, id, message } = explanation;
      return [...ruleLines(binding, captures), `refused:  ${status} ${id}: ${message}`, ""].join("\n");
    }
    case "method":
      return [
        "refused:  405 GW_METHOD_NOT_ALLOWED: the path has rules, but none for this method",
        `allow:    ${explanation.allow.join(", ")}`,
        ...nearestLines(explanation.nearest),
        "",
      ].join("\n");
    case "none":
      return ["refused:  404 GW_PATH_NOT_FOUND: no rule has this path", ...nearestLines(explanation.nearest), ""].join(
        "\n",
      );
    default:
      return unreachable(explanation);
  }
}

function ruleLines(binding: Binding, captures: readonly ExplainedCapture[]): readonly string[] {
  const { file, line } = binding.origin.place;
  const place = line === null ? nearPath(file) : `${nearPath(file)}:${line}`;
  const rows = captures.map(({ field, value }) => [`  ${field}`, JSON.stringify(value)]);
  return [`rule:     ${printBinding(binding)}`, `          ${place}`, ...headed("captures:", alignColumns(rows))];
}

function metadataLines(metadata: readonly string[]): readonly string[] {
  const rows: string[][] = [];
  for (let i = 0; i < metadata.length; i += 2) rows.push([`  ${metadata[i]}`, metadata[i + 1] ?? ""]);
  return headed("metadata:", alignColumns(rows));
}

function nearestLines(nearest: readonly Binding[]): readonly string[] {
  return headed("nearest:", indent(nearest.map(printBinding)));
}

function headed(head: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [head, ...lines];
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
