import { quoteValue } from "../../core/index.js";
import type { FieldType, MessageType, MethodType } from "../../schema/index.js";
import type { DownloadName } from "../download/content-disposition.js";
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

/** The same, found in the schema, and what the method's downloads are called. */
export type MethodFields = { readonly [K in keyof MethodFieldNames]: FieldPath | null } & {
  readonly download: DownloadName | null;
};

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
    download: null,
  };
}

/** Finds the field that names a method's downloads, in the reply or else in the request; a text is why there is none. */
export function resolveDownloadName(
  rpc: MethodType,
  name: string,
  disposition: DownloadName["disposition"],
): DownloadName | string {
  for (const [side, message] of [
    ["reply", rpc.output],
    ["request", rpc.input],
  ] as const) {
    const path = findField(message, name);
    if (typeof path === "string") continue;
    const leaf = path.at(-1);
    if (leaf?.cardinality.kind === "singular" && text.takes(leaf)) return { side, path, disposition };
    return `${leaf?.fullName} is not ${text.expected}`;
  }
  return `neither ${rpc.output.fullName} nor ${rpc.input.fullName} has a field ${quoteValue(name)}`;
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
  download: null,
};
