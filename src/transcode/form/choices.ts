import type { FieldType } from "../../schema/index.js";

/** The oneofs of a message that is being filled. */
export interface Choices {
  /** Why a path may not be set any more, or null. */
  refusal(path: readonly FieldType[]): string | null;
  choose(path: readonly FieldType[]): void;
}

/** Remembers which member of each oneof is set, `taken` to begin with: "Setting one member clears the others". */
export function createChoices(taken: readonly (readonly FieldType[])[]): Choices {
  const chosen = new Map<string, FieldType>();
  const choose = (path: readonly FieldType[]): void => {
    for (const { key, field } of oneofsOf(path)) chosen.set(key, field);
  };
  for (const path of taken) choose(path);
  return {
    choose,
    refusal(path) {
      for (const { key, field } of oneofsOf(path)) {
        const other = chosen.get(key);
        if (other !== undefined && other !== field) {
          return `oneof ${field.oneof?.fullName ?? ""} is already set by ${other.name}`;
        }
      }
      return null;
    },
  };
}

/** The oneofs that a path decides on its way, each by the path of the message that has it. */
function* oneofsOf(path: readonly FieldType[]): Generator<{ readonly key: string; readonly field: FieldType }> {
  let prefix = "";
  for (const field of path) {
    if (field.oneof !== null) yield { key: `${prefix}${field.oneof.name}`, field };
    prefix += `${field.name}.`;
  }
}
