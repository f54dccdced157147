import { describe, expect, it } from "vitest";
import { chooseFraming, createFraming, type FramingName } from "../../src/transcode/stream/framing.js";

const accepts: readonly { readonly accept: string | undefined; readonly gives: FramingName }[] = [
  { accept: undefined, gives: "array" },
  { accept: "*/*", gives: "array" },
  { accept: "text/html", gives: "array" },
  { accept: "application/json", gives: "array" },
  { accept: "application/x-ndjson", gives: "ndjson" },
  { accept: "application/jsonl", gives: "ndjson" },
  { accept: "text/event-stream", gives: "sse" },
  { accept: "Text/Event-Stream; charset=utf-8", gives: "sse" },
  { accept: "application/json;q=0.5, text/event-stream;q=0.9", gives: "sse" },
  { accept: "application/x-ndjson, application/json", gives: "ndjson" },
  { accept: "application/json, application/x-ndjson", gives: "array" },
  { accept: "text/event-stream;q=0", gives: "array" },
  { accept: "text/event-stream;q=0.2, */*;q=0.8", gives: "array" },
];

describe("A stream is framed as the client accepts", () => {
  for (const { accept, gives } of accepts) {
    it(`Accept ${accept === undefined ? "absent" : JSON.stringify(accept)} gives ${gives}, the default being array`, () => {
      expect(chooseFraming(accept === undefined ? {} : { accept }, "array")).toBe(gives);
    });
  }
  it("takes the configured default where Accept leaves it open", () => {
    expect(chooseFraming({}, "sse")).toBe("sse");
    expect(chooseFraming({ accept: "*/*" }, "ndjson")).toBe("ndjson");
  });
});

/** A whole body of a framing: two messages, then an error or not. */
function body(name: FramingName, messages: readonly string[], error: string | null): string {
  const framing = createFraming(name, null);
  const parts: (Uint8Array | null)[] = [framing.open()];
  for (const text of messages) {
    framing.message(Buffer.from(text), "", (part) => parts.push(part) > 0);
  }
  if (error !== null) parts.push(framing.error(error));
  parts.push(framing.close());
  return Buffer.concat(parts.filter((part) => part !== null)).toString();
}

const layouts: readonly {
  readonly name: FramingName;
  readonly messages: string[];
  readonly error: string | null;
  readonly gives: string;
}[] = [
  { name: "array", messages: [], error: null, gives: "[]" },
  { name: "array", messages: ["1", "2"], error: null, gives: "[1,2]" },
  { name: "array", messages: ["1"], error: '{"code":5}', gives: '[1,{"error":{"code":5}}]' },
  { name: "array", messages: [], error: '{"code":5}', gives: '[{"error":{"code":5}}]' },
  { name: "ndjson", messages: [], error: null, gives: "" },
  { name: "ndjson", messages: ["1", "2"], error: null, gives: "1\n2\n" },
  { name: "ndjson", messages: ["1"], error: '{"code":5}', gives: '1\n{"error":{"code":5}}\n' },
  { name: "sse", messages: ["1", "2"], error: null, gives: "data: 1\n\ndata: 2\n\n" },
  { name: "sse", messages: ["1"], error: '{"code":5}', gives: 'data: 1\n\nevent: error\ndata: {"code":5}\n\n' },
];

describe("A framing lays messages and errors out", () => {
  for (const { name, messages, error, gives } of layouts) {
    it(`${name} of ${messages.length} messages${error === null ? "" : " and an error"} is ${JSON.stringify(gives)}`, () => {
      expect(body(name, messages, error)).toBe(gives);
    });
  }
});
