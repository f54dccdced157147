import type { Codec, WireWriter } from "../../codec/index.js";
import { clip, GatewayError, quoteValue } from "../../core/index.js";
import type { Binding } from "../../rules/index.js";
import type { FieldType, OneofType } from "../../schema/index.js";
import type { RequestOptions } from "../types.js";
import { decodeComponent } from "./decode-component.js";
import { resolveParameter } from "./resolve-parameter.js";

/** A parameter that sets something, worked out once for each name that clients use. */
interface Target {
  /** The field's path in proto names, with the key of a map entry: the same for every spelling of the parameter. */
  readonly name: string;
  readonly path: readonly FieldType[];
  readonly write: (text: string, out: WireWriter) => void;
  /** May be given more than once: lists. */
  readonly repeatable: boolean;
  /** The names of the messages on the way to it: none of them may be set as a whole beside it. */
  readonly around: readonly string[];
  /** A message as a whole: nothing in it may be set beside it. */
  readonly isMessage: boolean;
  /** The oneofs that it decides, each with the path of the message that has it. */
  readonly choices: readonly Choice[];
}

interface Choice {
  readonly key: string;
  readonly oneof: OneofType;
  readonly member: FieldType;
}

/** A parameter that sets nothing. */
type Ignored = "ignored";

/** What a query was found to do. */
export interface QueryResult {
  /** Whether it sets the watched field (the FieldMask of a PATCH) to a value that is not empty. */
  readonly watched: boolean;
  /** The paths of the fields that it sets inside of messages. */
  readonly nested: readonly (readonly FieldType[])[];
}

/**
 * Appends the fields that a raw query sets to `out`, in its order.
 * @throws GatewayError GW_QUERY_UNKNOWN, GW_QUERY_REPEATED, GW_FIELD_INVALID, GW_URL_MALFORMED
 */
export type ReadQuery = (rawQuery: string, out: WireWriter) => QueryResult;

const NOTHING: QueryResult = { watched: false, nested: [] };

/** Names that are resolved once per route and kept; a bound, since recursive messages have endless names. */
const KEPT_NAMES = 512;

/**
 * Compiles the query of a binding. Fields that the path or the body holds are no parameters (google/api/http.proto:
 * "all fields … that are not bound by the path template … become HTTP query parameters").
 */
export function compileQuery(
  binding: Binding,
  codec: Codec,
  options: RequestOptions,
  watched: FieldType | null,
): ReadQuery {
  const targets = new Map<string, Target>();
  const skipped = new Set(options.ignoredQuery);
  const heldChoices = binding.variables.flatMap((variable) => choicesOf(variable.path));
  const bodyChoices = binding.body.kind === "field" ? choicesOf([binding.body.field]) : [];

  const find = (rawName: string): Target | Ignored => {
    const kept = targets.get(rawName);
    if (kept !== undefined) return kept;
    const target = resolve(rawName);
    if (target !== "ignored" && targets.size < KEPT_NAMES) targets.set(rawName, target);
    return target;
  };

  const resolve = (rawName: string): Target | Ignored => {
    // A json_name may itself hold percent escapes, so the name is tried as sent first (as Envoy does).
    const asSent = binding.rpc.input.fieldsByName.has(rawName) ? rawName : decodeComponent(rawName);
    if (skipped.has(asSent)) return "ignored";
    const found = resolveParameter(binding.rpc.input, asSent);
    const why = found.kind === "unknown" ? found.why : heldBy(binding, found.path);
    if (why !== null) {
      if (options.unknownQuery === "ignore") return "ignored";
      throw new GatewayError("GW_QUERY_UNKNOWN", `unknown query parameter ${quoteValue(asSent)}: ${why}`, {
        violation: { field: clip(asSent), description: why },
      });
    }
    return found.kind === "unknown"
      ? "ignored"
      : targetOf(codec, found.path, found.kind === "mapEntry" ? found.key : null);
  };

  return (rawQuery, out) => {
    if (rawQuery === "") return NOTHING;
    const seen = new Set<string>();
    const chosen = new Map<string, FieldType>();
    for (const choice of heldChoices) chosen.set(choice.key, choice.member);
    if (out.length > 0) for (const choice of bodyChoices) chosen.set(choice.key, choice.member);
    const nested: (readonly FieldType[])[] = [];
    let watchedSet = false;

    for (let start = 0; start <= rawQuery.length; ) {
      const ampersand = rawQuery.indexOf("&", start);
      const end = ampersand < 0 ? rawQuery.length : ampersand;
      if (end > start) {
        const equals = rawQuery.indexOf("=", start);
        const nameEnd = equals < 0 || equals > end ? end : equals;
        const target = find(rawQuery.slice(start, nameEnd));
        if (target !== "ignored") {
          refuseSecond(target, seen);
          if (target.choices.length > 0) refuseOther(target, chosen);
          const value = nameEnd === end ? "" : decodeComponent(rawQuery.slice(nameEnd + 1, end));
          target.write(value, out);
          if (target.path.length > 1) nested.push(target.path);
          if (watched !== null && target.path[0] === watched && (value !== "" || target.path.length > 1))
            watchedSet = true;
        }
      }
      start = end + 1;
    }
    return { watched: watchedSet, nested };
  };
}

function targetOf(codec: Codec, path: readonly FieldType[], key: string | null): Target {
  const last = path[path.length - 1];
  const names = path.map((field) => field.name);
  const around = names.slice(0, -1).map((_, i) => names.slice(0, i + 1).join("."));
  const name = names.join(".");
  const choices = choicesOf(path);
  if (key === null) {
    const repeatable = last?.cardinality.kind === "repeated";
    const isMessage = !repeatable && last?.type.kind === "message";
    return { name, path, write: codec.textToField(path), repeatable, around, isMessage, choices };
  }
  const writeEntry = codec.textToMapEntry(path);
  const write = (text: string, out: WireWriter): void => writeEntry(key, text, out);
  return { name: `${name}[${key}]`, path, write, repeatable: false, around, isMessage: false, choices };
}

/** The oneofs that a field path decides on its way. */
function choicesOf(path: readonly FieldType[]): Choice[] {
  const choices: Choice[] = [];
  let prefix = "";
  for (const field of path) {
    if (field.oneof !== null) choices.push({ key: `${prefix}${field.oneof.name}`, oneof: field.oneof, member: field });
    prefix += `${field.name}.`;
  }
  return choices;
}

/** Why a field is no parameter of a binding, or null. */
function heldBy(binding: Binding, path: readonly FieldType[]): string | null {
  const first = path[0];
  if (binding.body.kind === "whole") return "the body holds the whole request";
  if (binding.body.kind === "field" && binding.body.field === first) return `the body holds ${binding.body.field.name}`;
  for (const variable of binding.variables) {
    const shared = Math.min(variable.path.length, path.length);
    if (variable.path.slice(0, shared).every((field, i) => field === path[i])) {
      return `the path holds ${variable.fieldPath}`;
    }
  }
  return null;
}

function refuseSecond(target: Target, seen: Set<string>): void {
  const { name } = target;
  if (!target.repeatable && seen.has(name)) throw repeated(name, "twice", "it takes one value");
  for (const outer of target.around) {
    if (seen.has(outer)) throw repeated(name, "", `${outer} is set as a whole`);
  }
  if (target.isMessage) {
    for (const other of seen) {
      if (other.startsWith(`${name}.`)) throw repeated(name, "as a whole", `${other} is set as well`);
    }
  }
  seen.add(name);
}

function repeated(name: string, how: string, why: string): GatewayError {
  const text = `cannot set field ${name} ${how === "" ? "" : `${how} `}in the query: ${why}`;
  return new GatewayError("GW_QUERY_REPEATED", text, { violation: { field: name, description: why } });
}

function refuseOther(target: Target, chosen: Map<string, FieldType>): void {
  for (const { key, oneof, member } of target.choices) {
    const other = chosen.get(key);
    if (other !== undefined && other !== member) {
      const why = `oneof ${oneof.fullName} is already set by ${other.name}`;
      throw repeated(target.name, "", why);
    }
    chosen.set(key, member);
  }
}
