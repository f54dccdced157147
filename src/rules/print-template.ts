import { unreachable } from "../core/index.js";
import type { Segment, Template } from "./types.js";

/** The text of a template, `{a}` for `{a=*}`. The inverse of parseTemplate but for the columns. */
export function printTemplate(template: Template): string {
  const parts: string[] = [];
  let at = 0;
  for (const variable of template.variables) {
    parts.push(...template.segments.slice(at, variable.start).map(printSegment));
    const inner = template.segments.slice(variable.start, variable.end).map(printSegment).join("/");
    parts.push(inner === "*" ? `{${variable.fieldPath}}` : `{${variable.fieldPath}=${inner}}`);
    at = variable.end;
  }
  parts.push(...template.segments.slice(at).map(printSegment));
  return `/${parts.join("/")}${template.verb === null ? "" : `:${template.verb}`}`;
}

function printSegment(segment: Segment): string {
  switch (segment.kind) {
    case "literal":
      return segment.text;
    case "single":
      return "*";
    case "rest":
      return "**";
    default:
      return unreachable(segment);
  }
}
