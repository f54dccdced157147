import { constants } from "node:http2";
import { describe, expect, it } from "vitest";
import { get, openRawHttp2 } from "../support/raw-http2.js";
import { block, DATA, frame, GOAWAY, HEADERS, RST_STREAM } from "../upstream/support/raw-server.js";
import { useStage } from "./support/use-stage.js";

type Field = readonly [name: string, value: string];
const line: readonly Field[] = [
  [":method", "GET"],
  [":scheme", "http"],
  [":path", "/nowhere"],
  [":authority", "a"],
];
/** The request line with one of its fields changed, and what is behind it. */
const having = (name: string, value: string, ...more: readonly Field[]): readonly Field[] => [
  ...line.map(([key, old]): Field => [key, key === name ? value : old]),
  ...more,
];

describe("A request of HTTP/2 that is odd by the frames that it is made of", () => {
  const stage = useStage();
  const RESET = `reset ${constants.NGHTTP2_PROTOCOL_ERROR}`;

  it.each<[what: string, headers: readonly Field[], outcome: string]>([
    ["no path", line.filter(([name]) => name !== ":path"), RESET],
    ["an empty path", having(":path", ""), RESET],
    ["a path that is a URL", having(":path", "http://a/q"), RESET],
    ["no method", line.filter(([name]) => name !== ":method"), RESET],
    ["a method in lower case", having(":method", "get"), "code 12"],
    ["two hosts", having(":path", "/q", ["host", "a"], ["host", "b"]), RESET],
    ["a header in upper case", having(":path", "/q", ["X-A", "b"]), RESET],
    ["a header of HTTP/1.1's connections", having(":path", "/q", ["connection", "close"]), RESET],
    ["a control character in a value, which nghttp2 leaves out", having(":path", "/no", ["a", "\u0001"]), "code 5"],
    ["a body that it has announced and not sent", having(":path", "/q", ["content-length", "5"]), RESET],
    ["an extended CONNECT (RFC 8441)", having(":method", "CONNECT", [":protocol", "websocket"]), RESET],
    ["a scheme that no one knows, and a path of that", [...having(":scheme", "foo")].map(toPath("abc")), "code 5"],
    ["a NUL in its path", having(":path", "/c/%00"), "code 3"],
    ["bytes beyond ASCII in its path", having(":path", "/nowhere/\u00e9"), "code 5"],
  ])("with %s is answered or reset, and its connection goes on", async (_what, headers, outcome) => {
    const client = await openRawHttp2(stage.gateway);
    client.write(frame(HEADERS, 0x5, 1, block(...headers)), get(3, "/nowhere"));
    const outcomes = new Map<number, string>();
    while (outcomes.size < 2) {
      const { type, id, payload } = await client.next();
      if (type === RST_STREAM) outcomes.set(id, `reset ${payload.readUInt32BE(0)}`);
      if (type === DATA && payload.length > 0) outcomes.set(id, `code ${JSON.parse(payload.toString()).code}`);
      expect(type).not.toBe(GOAWAY);
    }
    expect(Object.fromEntries(outcomes)).toEqual({ 1: outcome, 3: "code 5" });
    client.socket.destroy();
  });
});

function toPath(path: string): (field: Field) => Field {
  return ([name, value]) => [name, name === ":path" ? path : value];
}
