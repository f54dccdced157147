import { unreachable } from "../../core/index.js";
import type { FieldType, MessageType } from "../../schema/index.js";
import { requiredNames } from "../annotations/index.js";
import { hasLimits, isRuledRequired } from "../constraints/field-limits.js";
import { ruledChoices } from "../constraints/ruled-choices.js";
import { hasBehavior } from "../field-behavior.js";
import type { JsonForm } from "../types.js";

/**
 * What a message is used for, which decides what must be there: a reply has what the gateway always writes, a request
 * what its service asks for (REQUIRED of AIP-203), and the body of a PATCH under a FieldMask may have any part.
 */
export type Variant = "reply" | "request" | "patch";

/** Whether a field is there whenever its message is. */
export function isAlwaysThere(field: FieldType, variant: Variant, form: JsonForm): boolean {
  switch (variant) {
    case "reply":
      return isProtoRequired(field) || isAlwaysWritten(field, form);
    case "request":
      return isProtoRequired(field) || isAskedFor(field);
    case "patch":
      return false;
    default:
      return unreachable(variant);
  }
}

function isProtoRequired({ cardinality }: FieldType): boolean {
  return cardinality.kind === "singular" && cardinality.presence === "required";
}

/** A member of a oneof cannot be asked for beside the others: REQUIRED means there that one of them is. */
function isAskedFor(field: FieldType): boolean {
  if (field.oneof !== null && field.oneof.fields.length > 1) return false;
  if (hasBehavior(field, "OUTPUT_ONLY")) return false;
  if (hasBehavior(field, "REQUIRED") || isRuledRequired(field)) return true;
  const names = requiredNames(field.parent);
  return names.includes(field.jsonName) || names.includes(field.name);
}

/** Whether values keep to the limits of their field: a zero that is written for an unset field need not. */
export function keepsLimits(variant: Variant, { emitDefaults }: JsonForm): boolean {
  return variant !== "reply" || emitDefaults === "none";
}

/** Whether a field looks different in two variants, its own type aside. */
function isDifferent(field: FieldType, a: Variant, b: Variant, form: JsonForm): boolean {
  if (isAlwaysThere(field, a, form) !== isAlwaysThere(field, b, form)) return true;
  return keepsLimits(a, form) !== keepsLimits(b, form) && hasLimits(field, form);
}

/** Whether emitDefaults writes a field that is not set. */
function isAlwaysWritten({ cardinality, type, oneof, extension }: FieldType, { emitDefaults }: JsonForm): boolean {
  if (emitDefaults === "none" || oneof !== null || extension) return false;
  if (cardinality.kind !== "singular" || cardinality.presence === "implicit") return true;
  return emitDefaults === "all" && type.kind === "message";
}

/** The name of the component of a message in a variant. */
export type VariantNames = (message: MessageType, variant: Variant) => string;

/** The variants that each message of a document is used in. */
export type Usage = ReadonlyMap<MessageType, ReadonlySet<Variant>>;

/** In this order variants come by the message's own name; one that differs from those before it has its suffix. */
const suffixes: readonly (readonly [Variant, string])[] = [
  ["reply", ""],
  ["request", "-Input"],
  ["patch", "-Patch"],
];

/**
 * Names the components: a message that looks the same wherever it is used has one, by its full name. No proto name has a
 * hyphen, so a suffix makes no clash.
 */
export function nameVariants(usage: Usage, form: JsonForm): VariantNames {
  const differ = {
    request: differing(usage, "reply", "request", form),
    patch: differing(usage, "reply", "patch", form),
    both: differing(usage, "request", "patch", form),
  };
  const alike = (message: MessageType, a: Variant, b: Variant): boolean => {
    if (a === b) return true;
    const pair = a === "reply" ? b : b === "reply" ? a : "both";
    return pair !== "reply" && !differ[pair].has(message);
  };
  return (message, variant) => {
    const used = suffixes.filter(([one]) => one === variant || (usage.get(message)?.has(one) ?? false));
    const first = used.find(([one]) => alike(message, one, variant));
    return first === undefined || first === used[0] ? message.fullName : `${message.fullName}${first[1]}`;
  };
}

/** The messages that look different in two variants, themselves or somewhere inside. */
function differing(usage: Usage, a: Variant, b: Variant, form: JsonForm): ReadonlySet<MessageType> {
  const holders = new Map<MessageType, MessageType[]>();
  const found: MessageType[] = [];
  for (const message of usage.keys()) {
    for (const field of message.fields) {
      if (field.type.kind !== "message") continue;
      const of = holders.get(field.type.message);
      if (of === undefined) holders.set(field.type.message, [message]);
      else of.push(message);
    }
    const isRuled = (a === "request" || b === "request") && ruledChoices(message).length > 0;
    if (isRuled || message.fields.some((field) => isDifferent(field, a, b, form))) found.push(message);
  }
  const all = new Set(found);
  for (let message = found.pop(); message !== undefined; message = found.pop()) {
    for (const holder of holders.get(message) ?? []) {
      if (all.has(holder)) continue;
      all.add(holder);
      found.push(holder);
    }
  }
  return all;
}
