import type { EnumType } from "../schema/index.js";

/** The names that stand for a value in JSON, with their numbers; with `strip` also those without the enum's prefix. */
export function enumNames(type: EnumType, strip: boolean): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  if (strip) {
    for (const value of type.values) {
      const name = strippedName(type, value.name);
      if (!names.has(name)) names.set(name, value.number);
    }
  }
  // The full name always stands for its own value, whatever another one is without its prefix.
  for (const value of type.values) names.set(value.name, value.number);
  return names;
}

/**
 * A value's name without its enum's name in UPPER_SNAKE_CASE (protobuf.dev/programming-guides/style#enums); whole where it
 * does not have that prefix, where what is left would not be a name, or would be the name of another value.
 */
export function strippedName(type: EnumType, name: string): string {
  const prefix = `${upperSnake(type.name)}_`;
  if (!name.startsWith(prefix)) return name;
  const rest = name.slice(prefix.length);
  if (!/^[A-Za-z]/.test(rest)) return name;
  const other = type.valuesByName.get(rest);
  return other === undefined || other.number === type.valuesByName.get(name)?.number ? rest : name;
}

function upperSnake(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toUpperCase();
}
