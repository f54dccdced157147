import { mediaType } from "../request-body.js";
import type { Headers } from "../types.js";
import type { EventLines } from "./event-fields.js";

/** Takes a part of the body. False: the client is slow. */
export type WritePart = (part: Uint8Array) => boolean;

/** How a stream of JSON messages is laid out in the body. One object a stream. */
export interface Framing {
  readonly contentType: string;
  /** What is to be read of a message before its JSON is printed, and written with it; null for nothing. */
  readonly lines: EventLines | null;
  open(): Uint8Array | null;
  /** Writes one message in parts, which spares joining them here. */
  message(json: Uint8Array, lines: string, write: WritePart): boolean;
  /** An error after the first byte, when the HTTP status is spent. `status` is google.rpc.Status as JSON. */
  error(status: string): Uint8Array;
  close(): Uint8Array | null;
  /** What keeps an idle stream alive; null where the framing has nothing that readers skip. */
  heartbeat(): Uint8Array | null;
}

export type FramingName = "array" | "ndjson" | "sse";

const framings: Readonly<Record<FramingName, (lines: EventLines | null) => Framing>> = {
  array: arrayFraming,
  ndjson: () => ndjson,
  sse: (lines) => (lines === null ? serverSentEvents : { ...serverSentEvents, lines }),
};

/** `lines` are those that server-sent events have beside their data. */
export function createFraming(name: FramingName, lines: EventLines | null): Framing {
  return framings[name](lines);
}

const COMMA = Buffer.from(",");
const LINE_FEED = Buffer.from("\n");
const DATA = Buffer.from("data: ");
const EVENT_END = Buffer.from("\n\n");
const COMMENT = Buffer.from(":\n\n");

/** One JSON array; an error is its last element. */
function arrayFraming(): Framing {
  let first = true;
  return {
    contentType: "application/json",
    lines: null,
    open: () => Buffer.from("["),
    message(json, _lines, write) {
      if (!first) write(COMMA);
      first = false;
      return write(json);
    },
    error: (status) => Buffer.from(`${first ? "" : ","}{"error":${status}}`),
    close: () => Buffer.from("]"),
    heartbeat: () => null,
  };
}

/** A message a line (github.com/ndjson/ndjson-spec); ProtoJSON has no line feeds outside of strings' escapes. */
const ndjson: Framing = {
  contentType: "application/x-ndjson",
  lines: null,
  open: () => null,
  message(json, _lines, write) {
    write(json);
    return write(LINE_FEED);
  },
  error: (status) => Buffer.from(`{"error":${status}}\n`),
  close: () => null,
  heartbeat: () => null,
};

/** Server-sent events (HTML, 9.2): a message is the data of an event, an error an event of type `error`. */
const serverSentEvents: Framing = {
  contentType: "text/event-stream",
  lines: null,
  open: () => null,
  message(json, lines, write) {
    if (lines !== "") write(Buffer.from(lines));
    write(DATA);
    write(json);
    return write(EVENT_END);
  },
  error: (status) => Buffer.from(`event: error\ndata: ${status}\n\n`),
  close: () => null,
  heartbeat: () => COMMENT,
};

const framingOfType: ReadonlyMap<string, FramingName> = new Map([
  ["application/json", "array"],
  ["application/x-ndjson", "ndjson"],
  ["application/ndjson", "ndjson"],
  ["application/jsonl", "ndjson"],
  ["application/x-jsonlines", "ndjson"],
  ["text/event-stream", "sse"],
]);

/** The framing that Accept prefers (RFC 9110, 12.5.1: highest q, then first); the default where it names none. */
export function chooseFraming(headers: Headers, byDefault: FramingName): FramingName {
  const accept = headers["accept"];
  if (typeof accept !== "string") return byDefault;
  let best: FramingName | null = null;
  let bestQuality = 0;
  for (const range of accept.split(",")) {
    const type = mediaType(range);
    const name = framingOfType.get(type) ?? (type === "*/*" || type === "application/*" ? byDefault : undefined);
    const quality = qualityOf(range);
    if (name !== undefined && quality > bestQuality) {
      best = name;
      bestQuality = quality;
    }
  }
  return best ?? byDefault;
}

function qualityOf(range: string): number {
  const match = /;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)/i.exec(range);
  return match === null ? 1 : Number(match[1]);
}
