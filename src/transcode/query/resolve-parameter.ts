import { nearest, quoteValue } from "../../core/index.js";
import type { FieldType, MessageType } from "../../schema/index.js";

/** What a parameter's name means. */
export type Resolution =
  | { readonly kind: "field"; readonly path: readonly FieldType[] }
  | { readonly kind: "mapEntry"; readonly path: readonly FieldType[]; readonly key: string }
  | { readonly kind: "unknown"; readonly why: string };

/** As deep as the JSON of a body may be: what is deeper, upstreams cannot read. */
const MAX_DEPTH = 100;

/**
 * Finds the field that a parameter names: proto or JSON names, joined by dots (google/api/http.proto), a map entry as
 * `map[key]`. A name is tried whole before it is split, as a json_name may hold dots and brackets. `name` is decoded.
 */
export function resolveParameter(root: MessageType, name: string): Resolution {
  const path: FieldType[] = [];
  let message = root;
  let rest = name;
  for (;;) {
    const whole = message.fieldsByName.get(rest);
    if (whole !== undefined) return leaf([...path, whole]);

    const bracket = rest.indexOf("[");
    const dot = rest.indexOf(".");
    if (bracket > 0 && (dot < 0 || bracket < dot)) return mapEntry(message, path, rest, bracket);

    const head = dot < 0 ? rest : rest.slice(0, dot);
    const field = message.fieldsByName.get(head);
    if (field === undefined || dot < 0) return noField(message, head);
    if (field.cardinality.kind !== "singular")
      return unknown(`${field.fullName} is ${field.cardinality.kind}, a path cannot lead through it`);
    if (field.type.kind !== "message") return unknown(`${field.fullName} is no message, a path cannot lead through it`);
    path.push(field);
    if (path.length >= MAX_DEPTH) return unknown(`it is nested more than ${MAX_DEPTH} levels deep`);
    message = field.type.message;
    rest = rest.slice(dot + 1);
  }
}

function leaf(path: readonly FieldType[]): Resolution {
  const field = path[path.length - 1];
  if (field?.cardinality.kind === "map")
    return unknown(`${field.fullName} is a map: name an entry as ${field.name}[key]`);
  return { kind: "field", path };
}

function mapEntry(message: MessageType, path: readonly FieldType[], rest: string, bracket: number): Resolution {
  const name = rest.slice(0, bracket);
  const field = message.fieldsByName.get(name);
  if (field === undefined) return noField(message, name);
  if (field.cardinality.kind !== "map") return unknown(`${field.fullName} is no map`);
  if (!rest.endsWith("]")) return unknown(`an entry of ${field.fullName} is named as ${field.name}[key]`);
  return { kind: "mapEntry", path: [...path, field], key: rest.slice(bracket + 1, -1) };
}

function noField(message: MessageType, name: string): Resolution {
  const near = nearest(name, message.fieldsByName.keys());
  const hint = near === null ? "" : `; did you mean ${quoteValue(near)}?`;
  return unknown(`${message.fullName} has no field ${quoteValue(name)}${hint}`);
}

function unknown(why: string): Resolution {
  return { kind: "unknown", why };
}
