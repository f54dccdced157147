import type { EnumType, EnumValue } from "../../schema/index.js";
import { notesOfEnum } from "../annotations/index.js";
import { commentText } from "../comment-text.js";
import { filled, type JsonForm, type JsonSchema, object } from "../types.js";
import type { Visibility } from "../visibility.js";
import { localName } from "./local-name.js";

/** The schema of an enum. JSON Schema has no place for what a value means, so the description lists it. */
export function enumSchema(type: EnumType, form: JsonForm, { isValueVisible }: Visibility): JsonSchema {
  const values = (form.enumsAsNumbers ? [...type.valuesByNumber.values()] : type.values).filter(isValueVisible);
  const meanings = values.map((value) => commentText(value.comments));
  const names = values.map((value) => (form.stripEnumPrefix ? withoutPrefix(type, value) : value.name));
  const list = values.map((value, i) => {
    const shown = form.enumsAsNumbers ? `${value.number}` : names[i];
    const name = form.enumsAsNumbers ? ` (${value.name})` : "";
    const meaning = (meanings[i] ?? "").replace(/\s*\n\s*/g, " ");
    return `- \`${shown}\`${name}${meaning === "" ? "" : `: ${meaning}`}`;
  });
  const told = meanings.some((meaning) => meaning !== "") || form.enumsAsNumbers;
  const description = [commentText(type.comments), told ? list.join("\n") : ""].filter((part) => part !== "");
  return object({
    type: form.enumsAsNumbers ? "integer" : "string",
    format: form.enumsAsNumbers ? "int32" : undefined,
    title: localName(type.fullName, type.file),
    description: filled(description.join("\n\n")),
    enum: form.enumsAsNumbers ? values.map((value) => value.number) : [...new Set(names)],
    "x-enum-varnames": form.enumsAsNumbers ? names : undefined,
    deprecated: type.options["deprecated"] === true ? true : undefined,
    ...notesOfEnum(type),
  });
}

/** One value as the gateway writes it: for defaults and examples. */
export function enumJson(type: EnumType, value: EnumValue, form: JsonForm): string | number {
  if (form.enumsAsNumbers) return value.number;
  return form.stripEnumPrefix ? withoutPrefix(type, value) : value.name;
}

/**
 * The name without that of its enum in UPPER_SNAKE_CASE, by the codec's rule: whole where what is left is no name or is
 * that of another value.
 */
function withoutPrefix(type: EnumType, value: EnumValue): string {
  const prefix = `${type.name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toUpperCase()}_`;
  const rest = value.name.startsWith(prefix) ? value.name.slice(prefix.length) : "";
  if (!/^[A-Za-z]/.test(rest)) return value.name;
  const other = type.valuesByName.get(rest);
  return other === undefined || other.number === value.number ? rest : value.name;
}
