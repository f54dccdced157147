import { clip } from "../../core/index.js";
import type { FieldType, MessageType } from "../../schema/index.js";
import { isWellKnown } from "../well-known.js";

/** Where a value stands in a JSON text: member names and indexes, outermost first. */
export type JsonPath = readonly (string | number)[];

/**
 * The path to what stands at byte `target`, found by walking the text again: readers keep no path, so that a right text
 * pays nothing for it. What stands before `target` must be well-formed as far as it goes.
 */
export function findJsonPath(json: Buffer, end: number, target: number): JsonPath {
  const path: (string | number)[] = [];
  let key = false;
  for (let at = 0; at < end && at <= target; ) {
    const byte = json[at]!;
    const last = path.length - 1;
    if (byte === 0x22) {
      const stop = stringEnd(json, at, end);
      if (key && last >= 0) {
        path[last] = keyText(json, at, stop);
        key = false;
      }
      if (target < stop) return withoutOpen(path);
      at = stop;
      continue;
    }
    if (at === target) break;
    if (byte === 0x7b || byte === 0x5b) {
      path.push(byte === 0x7b ? OPEN : 0);
      key = byte === 0x7b;
    } else if (byte === 0x7d || byte === 0x5d) {
      path.pop();
      key = false;
    } else if (byte === 0x2c && last >= 0) {
      const current = path[last]!;
      if (typeof current === "number") path[last] = current + 1;
      else key = true;
    }
    at++;
  }
  return withoutOpen(path);
}

/** Stands for the member of an object whose name is not met yet; no name can be it, since it is no well-formed text. */
const OPEN = "\ud800";

function withoutOpen(path: (string | number)[]): JsonPath {
  return path.filter((step) => step !== OPEN);
}

function stringEnd(json: Buffer, start: number, end: number): number {
  let at = start + 1;
  while (at < end && json[at] !== 0x22) at += json[at] === 0x5c ? 2 : 1;
  return at + 1;
}

function keyText(json: Buffer, start: number, end: number): string {
  try {
    return String(JSON.parse(json.toString("utf8", start, end)));
  } catch {
    // The fault may be inside this very name; its raw text then stands for it.
    return json.toString("utf8", start + 1, end - 1).toWellFormed();
  }
}

/** `$.users[3].age`; names that are no identifiers in brackets and quotes, long ones clipped. */
export function printJsonPath(path: JsonPath): string {
  let text = "$";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(step) && step.length <= 80) text += `.${step}`;
    else text += `[${JSON.stringify(clip(step))}]`;
  }
  return text;
}

/** Where a JSON path leads in a message. */
export interface FieldPlace {
  /** The path in proto names, such as `users[3].age`; map keys in brackets, what has no field as it is. */
  readonly path: string;
  /** The field whose value (or element, or entry) the path leads to; null at the root and inside of Struct and Any. */
  readonly field: FieldType | null;
  /** The last field on the way. */
  readonly owner: FieldType | null;
}

/** Follows a JSON path through the fields of `root`; `first` is the field that the text is the value of, if any. */
export function findField(path: JsonPath, root: MessageType | null, first: FieldType | null): FieldPlace {
  let text = first === null ? "" : first.name;
  let field = first;
  let owner = first;
  let message = first === null ? root : first.cardinality.kind === "singular" ? messageOf(first) : null;
  let inside = first !== null && first.cardinality.kind !== "singular";
  for (const step of path) {
    if (field !== null && inside) {
      text += typeof step === "number" ? `[${step}]` : `[${clip(step)}]`;
      inside = false;
      message = messageOf(field);
      continue;
    }
    const next: FieldType | null = typeof step === "string" && message !== null ? memberOf(message, step) : null;
    const name = next?.name ?? (typeof step === "string" ? clip(step) : null);
    if (name === null) text += `[${step}]`;
    else text += text === "" ? name : `.${name}`;
    field = next;
    owner = next ?? owner;
    message = next !== null && next.cardinality.kind === "singular" ? messageOf(next) : null;
    inside = next !== null && next.cardinality.kind !== "singular";
  }
  return { path: text, field, owner };
}

function messageOf(field: FieldType): MessageType | null {
  if (field.type.kind !== "message") return null;
  // The members of a well-known type's JSON are not its fields.
  return isWellKnown(field.type.message.fullName) ? null : field.type.message;
}

function memberOf(message: MessageType, name: string): FieldType | null {
  const field = message.fieldsByName.get(name);
  if (field !== undefined) return field;
  for (const extension of message.extensions.values()) if (extension.jsonName === name) return extension;
  return null;
}
