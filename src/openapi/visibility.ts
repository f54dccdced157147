import type { Binding } from "../rules/index.js";
import type { EnumValue, FieldType, Options } from "../schema/index.js";
import { asObject } from "./read-json.js";

/** What readers of a document get to see. */
export interface Visibility {
  isBindingVisible(binding: Binding): boolean;
  isFieldVisible(field: FieldType): boolean;
  isValueVisible(value: EnumValue): boolean;
}

/**
 * Compiles google.api.visibility (restrictions on services, methods, messages, fields, enums and values) and a list of what
 * to leave out. An element with restrictions, comma-separated labels, is seen by those who have one of them.
 *
 * @param labels those that the readers have
 * @param exclude full names of services and methods, or the beginnings of such followed by `*`
 */
export function createVisibility(labels: readonly string[], exclude: readonly string[]): Visibility {
  const allowed = new Set(labels);
  const isAllowed = (options: Options, name: string): boolean => {
    const { restriction } = asObject(options[`[google.api.${name}_visibility]`]);
    if (typeof restriction !== "string" || restriction === "") return true;
    return restriction.split(",").some((label) => allowed.has(label.trim()));
  };
  const isExcluded = (fullName: string): boolean =>
    exclude.some((entry) => (entry.endsWith("*") ? fullName.startsWith(entry.slice(0, -1)) : fullName === entry));
  return {
    isBindingVisible: ({ rpc }) =>
      isAllowed(rpc.options, "method") &&
      isAllowed(rpc.service.options, "api") &&
      !isExcluded(rpc.fullName) &&
      !isExcluded(rpc.service.fullName),
    isFieldVisible: ({ options, type }) => {
      if (!isAllowed(options, "field")) return false;
      if (type.kind === "message") return isAllowed(type.message.options, "message");
      return type.kind !== "enum" || isAllowed(type.enum.options, "enum");
    },
    isValueVisible: ({ options }) => isAllowed(options, "value"),
  };
}
