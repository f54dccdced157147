import type { FieldType, MessageType, MethodType } from "../../schema/index.js";
import { resolveParameter } from "../query/resolve-parameter.js";

/** Fields of a method that mean something beside its messages, as paths of proto names; null for none. */
export interface MethodFieldNames {
  readonly event: string | null;
  readonly id: string | null;
  readonly retry: string | null;
  readonly lastEventId: string | null;
  readonly fileName: string | null;
  readonly contentType: string | null;
}

export type FieldPath = readonly FieldType[];

/** The same, found in the schema. */
export type MethodFields = { readonly [K in keyof MethodFieldNames]: FieldPath | null };

interface Rule {
  readonly side: "input" | "output";
  readonly streams: (rpc: MethodType) => boolean;
  readonly streamText: string;
  readonly takes: (field: FieldType) => boolean;
  readonly expected: string;
}

const text: Pick<Rule, "takes" | "expected"> = {
  takes: ({ type }) => type.kind === "enum" || (type.kind === "scalar" && type.scalar !== "bytes"),
  expected: "a text, number, bool or enum",
};
const sent = { streams: (rpc: MethodType) => rpc.serverStreaming, streamText: "a stream of replies" };
const received = { streams: (rpc: MethodType) => rpc.clientStreaming, streamText: "a stream of requests" };
const string: Pick<Rule, "takes" | "expected"> = {
  takes: ({ type }) => type.kind === "scalar" && type.scalar === "string",
  expected: "a string",
};

const rules: { readonly [K in keyof MethodFieldNames]: Rule } = {
  event: { side: "output", ...sent, ...text },
  id: { side: "output", ...sent, ...text },
  retry: {
    side: "output",
    ...sent,
    takes: ({ type }) =>
      (type.kind === "message" && type.message.fullName === "google.protobuf.Duration") ||
      (type.kind === "scalar" && /int|fixed/.test(type.scalar)),
    expected: "an integer or a google.protobuf.Duration",
  },
  lastEventId: { side: "input", ...sent, ...text },
  fileName: { side: "input", ...received, ...string },
  contentType: { side: "input", ...received, ...string },
};

/** Finds the fields that are configured for a method; `fault` is told, by key, each one that cannot mean what it should. */
export function resolveMethodFields(
  rpc: MethodType,
  names: MethodFieldNames,
  fault: (key: keyof MethodFieldNames, message: string) => void,
): MethodFields {
  const find = (key: keyof MethodFieldNames): FieldPath | null => {
    const name = names[key];
    if (name === null) return null;
    const { side, streams, streamText, takes, expected } = rules[key];
    if (!streams(rpc)) {
      fault(key, `${rpc.fullName} is not ${streamText}`);
      return null;
    }
    const path = findField(rpc[side], name);
    if (typeof path === "string") fault(key, path);
    else if (
      path.at(-1)?.cardinality.kind !== "singular" ||
      !path.every((field, i) => i < path.length - 1 || takes(field))
    )
      fault(key, `${path.at(-1)?.fullName} is not ${expected}`);
    else return path;
    return null;
  };
  return {
    event: find("event"),
    id: find("id"),
    retry: find("retry"),
    lastEventId: find("lastEventId"),
    fileName: find("fileName"),
    contentType: find("contentType"),
  };
}

function findField(message: MessageType, name: string): FieldPath | string {
  const found = resolveParameter(message, name);
  if (found.kind === "field") return found.path;
  return found.kind === "unknown" ? found.why : `${name} is an entry of a map`;
}

/** No fields at all: the usual case. */
export const NO_METHOD_FIELDS: MethodFields = {
  event: null,
  id: null,
  retry: null,
  lastEventId: null,
  fileName: null,
  contentType: null,
};
