import type { FieldType } from "../../schema/index.js";
import { type Notes, notesOfField } from "../annotations/index.js";
import { asObject } from "../read-json.js";
import { enumJson } from "../schemas/enum-schema.js";
import { filled, type JsonForm, type JsonObject, type JsonValue, object } from "../types.js";
import { formatOf } from "./field-format.js";
import { enumLimits, listLimits, mapLimits, numberLimits, stringLimits } from "./rule-limits.js";

/** What values of a field keep to, as keywords of JSON Schema. */
export interface FieldLimits {
  /** Of the field: the one value, the list or the map. */
  readonly own: JsonObject;
  /** Of each element of a list and each value of a map. */
  readonly each: JsonObject;
}

/** The options of protovalidate and of protoc-gen-validate; their rules have the same names. */
const ruleOptions = ["[buf.validate.field]", "[validate.rules]"];

const NONE: FieldLimits = { own: {}, each: {} };

/**
 * The limits of a field: rules of buf.validate and validate (protoc-gen-validate), google.api.field_info.format, and
 * those of openapiv2 and openapi.v3 options. What JSON Schema has no word for (CEL, bytes by length, durations by range)
 * is left out.
 */
export function fieldLimits(field: FieldType, form: JsonForm): FieldLimits {
  if (Object.keys(field.options).length === 0) return NONE;
  const rules = object(Object.assign({}, ...ruleOptions.map((name) => asObject(field.options[name]))));
  const notes = limitsOfNotes(notesOfField(field));
  const { cardinality } = field;
  switch (cardinality.kind) {
    case "singular":
      return { own: { ...valueLimits(field, rules, form), ...notes.value }, each: {} };
    case "repeated": {
      const list = asObject(rules["repeated"]);
      const each = valueLimits(field, asObject(list["items"]), form);
      return { own: { ...listLimits(list), ...notes.list }, each: { ...each, ...notes.value } };
    }
    default: {
      const map = asObject(rules["map"]);
      const keys = cardinality.key === "string" ? stringLimits(asObject(asObject(map["keys"])["string"])) : {};
      return {
        own: object({ ...mapLimits(map), ...notes.map, propertyNames: filled(keys) }),
        each: valueLimits(field, asObject(map["values"]), form),
      };
    }
  }
}

/** Whether protovalidate or protoc-gen-validate ask for a field. */
export function isRuledRequired({ options }: FieldType): boolean {
  return ruleOptions.some((name) => {
    const rules = asObject(options[name]);
    const kinds = ["message", "any", "timestamp", "duration"].map((kind) => asObject(rules[kind]));
    return [rules, ...kinds].some((one) => one["required"] === true);
  });
}

/** Whether a field has any limit; its schema then differs where unset fields are written with their zero. */
export function hasLimits(field: FieldType, form: JsonForm): boolean {
  const { own, each } = fieldLimits(field, form);
  return Object.keys(own).length + Object.keys(each).length > 0;
}

function valueLimits(field: FieldType, rules: JsonObject, form: JsonForm): JsonObject {
  const { type } = field;
  if (type.kind === "enum") {
    return enumLimits(asObject(rules["enum"]), (number) => {
      const value = type.enum.valuesByNumber.get(Number(number));
      return value === undefined ? number : enumJson(type.enum, value, form);
    });
  }
  if (type.kind !== "scalar") return {};
  const of = asObject(rules[type.scalar]);
  if (type.scalar === "string") return { ...stringLimits(of), ...formatOf(field) };
  if (type.scalar === "bool") return object({ const: of["const"] });
  if (type.scalar === "bytes") return {};
  // A 64-bit integer that is written as text has no order in JSON Schema.
  return type.scalar.endsWith("64") && form.int64 === "string" ? {} : numberLimits(of);
}

const listMembers = ["maxItems", "minItems", "uniqueItems"];
const mapMembers = ["maxProperties", "minProperties"];
const valueMembers = ["multipleOf", "maximum", "minimum", "maxLength", "minLength", "pattern"];

function limitsOfNotes(notes: Notes): {
  readonly value: JsonObject;
  readonly list: JsonObject;
  readonly map: JsonObject;
} {
  const pick = (names: readonly string[]): JsonObject =>
    object(Object.fromEntries(names.map((name): [string, JsonValue | undefined] => [name, notes[name]])));
  return { value: pick(valueMembers), list: pick(listMembers), map: pick(mapMembers) };
}

/** The members of notes that are limits: fieldLimits puts them where they belong. */
export const limitMembers: ReadonlySet<string> = new Set([...listMembers, ...mapMembers, ...valueMembers]);
