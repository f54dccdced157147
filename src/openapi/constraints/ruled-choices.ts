import type { FieldType, MessageType } from "../../schema/index.js";
import { asList, asObject } from "../read-json.js";
import type { JsonSchema } from "../types.js";

/** Fields of which a validator lets a request have at most one. */
export interface RuledChoice {
  readonly fields: readonly FieldType[];
  /** Whether one of them must be there. */
  readonly required: boolean;
}

const known = new WeakMap<MessageType, readonly RuledChoice[]>();

/**
 * The choices of a message: oneofs of which protovalidate or protoc-gen-validate ask for one, and those that protovalidate
 * makes of fields that are none to protobuf (`(buf.validate.message).oneof`).
 */
export function ruledChoices(message: MessageType): readonly RuledChoice[] {
  const choices = known.get(message) ?? readChoices(message);
  known.set(message, choices);
  return choices;
}

function readChoices(message: MessageType): readonly RuledChoice[] {
  const oneofs = message.oneofs.filter(
    ({ options }) =>
      asObject(options["[buf.validate.oneof]"])["required"] === true || options["[validate.required]"] === true,
  );
  const ofMessage = asList(asObject(message.options["[buf.validate.message]"])["oneof"]).map((rule) => {
    const { fields, required } = asObject(rule);
    const named = asList(fields).flatMap((name) => message.fieldsByName.get(String(name)) ?? []);
    return { fields: named, required: required === true };
  });
  return [...oneofs.map(({ fields }) => ({ fields, required: true })), ...ofMessage];
}

/** That one of the members is there. It stands in an `allOf`, so that the members around it are not taken for those of one. */
export function oneOfThese(names: readonly string[]): JsonSchema {
  return { anyOf: names.map((name) => ({ required: [name] })) };
}
