import { createParser, type EventSourceMessage } from "eventsource-parser";
import { describe, expect, it } from "vitest";
import { useStreams } from "./support/use-streams.js";

/** Texts that break a framing that is not careful: line ends of every kind, its own words, and what JSON must escape. */
const levels = [
  "",
  "\n",
  "\r\n\r\n",
  "data: x\n\nevent: error\n\n",
  ",]",
  '"}\n{"',
  "\u2028\u2029\u0085",
  "😀 é",
  ": comment",
  "\\",
];
const messages = levels.map((level, seq) => ({ seq: String(seq + 1), ...(level === "" ? {} : { level }) }));

function events(parts: readonly string[]): EventSourceMessage[] {
  const found: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => found.push(event) });
  for (const part of parts) parser.feed(part);
  return found;
}

describe("What is framed is read back by parsers that no one here wrote", () => {
  const stage = useStreams("http2");
  const bodyAs = async (accept: string, path: string): Promise<Buffer> => {
    const request = stage.open(path, { headers: { accept } });
    const call = await stage.upstream.call();
    for (const message of messages) call.send(message);
    call.end();
    return request.body();
  };

  it("an array by JSON.parse", async () => {
    expect(JSON.parse((await bodyAs("application/json", "/v1/tides/n:watch")).toString())).toEqual(messages);
  });

  it("NDJSON line by line", async () => {
    const lines = (await bodyAs("application/x-ndjson", "/v1/tides/n:watch")).toString().split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line) => JSON.parse(line))).toEqual(messages);
  });

  it("server-sent events by eventsource-parser, whole and cut at every character", async () => {
    const text = (await bodyAs("text/event-stream", "/v1/tides/n:watch")).toString();
    const expected = messages.map((message) => JSON.stringify(message));
    for (let i = 0; i <= text.length; i++) {
      const found = events([text.slice(0, i), text.slice(i)]);
      expect(found.map((event) => JSON.stringify(JSON.parse(event.data)))).toEqual(expected);
    }
    expect(events([...text]).map((event) => event.event)).toEqual(messages.map(() => undefined));
  });

  it("bare strings, where response_body makes them", async () => {
    const text = (await bodyAs("text/event-stream", "/v1/tides/n/levels")).toString();
    expect(events([text]).map((event) => JSON.parse(event.data))).toEqual(levels);
  });
});
