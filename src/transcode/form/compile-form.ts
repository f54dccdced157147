import type { Codec, WireWriter } from "../../codec/index.js";
import { GatewayError, quoteValue } from "../../core/index.js";
import type { Binding } from "../../rules/index.js";
import type { FieldType } from "../../schema/index.js";
import { encodeHttpBody, isHttpBody } from "../http-body.js";
import { resolveParameter } from "../query/resolve-parameter.js";
import { delimitedGroup, lengthDelimited } from "../wire.js";
import { createChoices } from "./choices.js";
import type { FormPart, PartHead } from "./types.js";

/** Where a part goes. */
export interface PartTarget {
  readonly path: readonly FieldType[];
  readonly field: FieldType;
  /** Proto names, with the key of a map entry: the same for every spelling. */
  readonly name: string;
  /** May come more than once. */
  readonly repeatable: boolean;
  /** Takes a file's bytes as they are: bytes, or google.api.HttpBody. */
  readonly takesBytes: boolean;
  readonly append: (part: FormPart, out: WireWriter) => void;
}

/** Reads the parts of multipart/form-data into fields of a request message. */
export interface FormEncoder {
  /**
   * Appends what the parts set, in their order, and gives the paths that lead into messages.
   * @throws GatewayError GW_FORM_INVALID, GW_FIELD_UNKNOWN, GW_FIELD_INVALID, GW_BODY_NOT_JSON
   */
  append(parts: readonly FormPart[], out: WireWriter): readonly (readonly FieldType[])[];
  /** @throws GatewayError GW_FIELD_UNKNOWN where a part names nothing that a form may set */
  target(head: PartHead): PartTarget;
  /** Whether two targets are members of one oneof, so that a message cannot have both. */
  exclusive(a: PartTarget, b: PartTarget): boolean;
}

/** Names that are resolved once per route and kept; a bound, since recursive messages have endless names. */
const KEPT_NAMES = 512;

/**
 * Compiles the form of a binding. Parts are named by field paths of the request message, whatever the rule's body is; what
 * the path holds is no part. A part is read by its field: HttpBody and bytes take a file as it is (bytes of a part that is
 * no file are base64, as in a query), a JSON part is the field's ProtoJSON, anything else the field's text as in a query.
 */
export function compileForm(binding: Binding, codec: Codec): FormEncoder {
  const targets = new Map<string, PartTarget>();

  const resolve = (name: string): PartTarget => {
    const found = resolveParameter(binding.rpc.input, name);
    // A map as a whole has no text, but it has JSON.
    const whole = binding.rpc.input.fieldsByName.get(name);
    const path = whole !== undefined ? [whole] : found.kind === "unknown" ? null : found.path;
    const why = path === null ? (found.kind === "unknown" ? found.why : "") : heldByPath(binding, path);
    if (path === null || why !== null) {
      throw new GatewayError("GW_FIELD_UNKNOWN", `cannot read part ${quoteValue(name)} of the form: ${why}`, {
        violation: { field: name, description: why ?? "" },
      });
    }
    return compileTarget(codec, path, found.kind === "mapEntry" ? found.key : null);
  };

  const target = ({ name }: PartHead): PartTarget => {
    const kept = targets.get(name);
    if (kept !== undefined) return kept;
    const found = resolve(name);
    if (targets.size < KEPT_NAMES) targets.set(name, found);
    return found;
  };

  return {
    target,
    exclusive: (a, b) => createChoices([a.path]).refusal(b.path) !== null,
    append(parts, out) {
      const choices = createChoices(binding.variables.map((variable) => variable.path));
      const seen = new Set<string>();
      const nested: (readonly FieldType[])[] = [];
      for (const part of parts) {
        const to = target(part);
        if (!to.repeatable && seen.has(to.name)) throw invalid(to.name, "it takes one value");
        seen.add(to.name);
        const why = choices.refusal(to.path);
        if (why !== null) throw invalid(to.name, why);
        choices.choose(to.path);
        to.append(part, out);
        if (to.path.length > 1) nested.push(to.path);
      }
      return nested;
    },
  };
}

function compileTarget(codec: Codec, path: readonly FieldType[], key: string | null): PartTarget {
  const field = path[path.length - 1];
  if (field === undefined) throw new Error("a part of a form was resolved to no field");
  const names = path.map((step) => step.name).join(".");
  const { type, cardinality } = field;
  const single = cardinality.kind !== "map";
  const httpBody = single && type.kind === "message" && isHttpBody(type.message);
  const bytes = single && type.kind === "scalar" && type.scalar === "bytes";
  const common = {
    path,
    field,
    name: key === null ? names : `${names}[${key}]`,
    repeatable: cardinality.kind === "repeated",
    takesBytes: httpBody || bytes,
  };
  if (httpBody) {
    const append = (part: FormPart, out: WireWriter): void =>
      out.raw(wrap(path, lengthDelimited(field.number, encodeHttpBody(part.contentType || null, part.bytes))));
    return { ...common, append };
  }
  const fromJson = codec.fieldEncoder(field);
  const fromText = textReader(codec, path, key);
  return {
    ...common,
    append(part, out) {
      if (bytes && isFile(part)) out.raw(wrap(path, lengthDelimited(field.number, part.bytes)));
      else if (key === null && isJson(part)) out.raw(wrap(path, fromJson(part.bytes)));
      else fromText(textOf(part), out);
    },
  };
}

/** Text as a query has it; a field that has no text form (a list of messages, a map) is only read as JSON. */
function textReader(
  codec: Codec,
  path: readonly FieldType[],
  key: string | null,
): (text: string, out: WireWriter) => void {
  if (key !== null) {
    const write = codec.textToMapEntry(path);
    return (text, out) => write(key, text, out);
  }
  if (path[path.length - 1]?.cardinality.kind !== "map") return codec.textToField(path);
  return () => {
    const name = path.map((step) => step.name).join(".");
    throw invalid(name, `a map is a part of type application/json, or an entry such as ${name}[key]`);
  };
}

/** The bytes of a message that has only what `inner` sets, inside of the messages on the way to it. */
function wrap(path: readonly FieldType[], inner: Uint8Array): Uint8Array {
  let bytes = inner;
  for (let i = path.length - 2; i >= 0; i--) {
    const parent = path[i];
    if (parent === undefined) continue;
    const grouped = parent.type.kind === "message" && parent.type.delimited;
    bytes = grouped ? delimitedGroup(parent.number, bytes) : lengthDelimited(parent.number, bytes);
  }
  return bytes;
}

export function isFile({ fileName, contentType }: PartHead): boolean {
  return fileName !== null || contentType === "application/octet-stream";
}

function isJson({ contentType }: PartHead): boolean {
  return contentType === "application/json" || contentType.endsWith("+json");
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(part: FormPart): string {
  try {
    return utf8.decode(part.bytes);
  } catch {
    // TypeError says nothing that the message below does not say better.
    throw invalid(part.name, "its text is no UTF-8");
  }
}

function heldByPath(binding: Binding, path: readonly FieldType[]): string | null {
  for (const variable of binding.variables) {
    // A part for the message around a variable is fine: the path has the last word inside of it.
    if (variable.path.length <= path.length && variable.path.every((field, i) => field === path[i])) {
      return `the path holds ${variable.fieldPath}`;
    }
  }
  return null;
}

/** A refusal of one part. */
export function invalid(name: string, why: string): GatewayError {
  return new GatewayError("GW_FORM_INVALID", `cannot read part ${quoteValue(name)} of the form: ${why}`, {
    violation: { field: name, description: why },
  });
}
