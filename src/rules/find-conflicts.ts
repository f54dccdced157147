import { type Fault, unreachable } from "../core/index.js";
import { literalKey } from "./decode-segment.js";
import { printPattern } from "./print-binding.js";
import type { Binding, Segment } from "./types.js";

/** Of two bindings with one HTTP method and templates of one shape the later one, as a Fault that names both. */
export function findConflicts(bindings: readonly Binding[]): readonly Fault[] {
  const first = new Map<string, Binding>();
  const faults: Fault[] = [];
  for (const binding of bindings) {
    const shape = shapeOf(binding);
    const other = first.get(shape);
    if (other === undefined) first.set(shape, binding);
    else faults.push(conflict(binding, other));
  }
  return faults;
}

/** What a request can tell of a binding: variables do not count, nor does how a literal is written. */
function shapeOf(binding: Binding): string {
  const { segments, verb } = binding.template;
  return JSON.stringify([binding.httpMethod, segments.map(segmentKey), verb === null ? null : literalKey(verb)]);
}

function segmentKey(segment: Segment): string | number {
  switch (segment.kind) {
    case "literal":
      return literalKey(segment.text);
    case "single":
      return 1;
    case "rest":
      return 2;
    default:
      return unreachable(segment);
  }
}

function conflict(binding: Binding, other: Binding): Fault {
  const { file, line, column } = binding.origin.place;
  const otherPlace = other.origin.place;
  const place = otherPlace.line === null ? otherPlace.file : `${otherPlace.file}:${otherPlace.line}`;
  return {
    file,
    line,
    column,
    subject: binding.rpc.fullName,
    message:
      `cannot serve ${printPattern(binding)}: ${printPattern(other)} of ${other.rpc.fullName} (${place}) ` +
      "matches the same requests",
  };
}
