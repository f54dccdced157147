import { describe, expect, it } from "vitest";
import { ends, useStreams } from "./support/use-streams.js";

const MESSAGE = 64 * 1024;
const MESSAGES = 500;
const data = Buffer.alloc(MESSAGE, "x");
/** google.api.HttpBody with `data` alone: field 2, 65,536 bytes. */
const chunk = Buffer.concat([Buffer.from([0x12, 0x80, 0x80, 0x04]), data]);

/**
 * What may be under way when nobody reads: the sockets' buffers on both sides of the gateway, which Linux grows to about
 * 6 MiB each on loopback, and the windows and queues of HTTP/2. Far below the 31 MiB that the whole stream has.
 */
const BOUND = 24 << 20;

/** The value once it has not changed for a while: whoever makes it grow is held. */
async function settled(value: () => number): Promise<number> {
  let last = -1;
  let quietSince = performance.now();
  for (;;) {
    const now = value();
    if (now !== last) {
      last = now;
      quietSince = performance.now();
    }
    if (performance.now() - quietSince > 250) return now;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.each(ends)("Under pressure, by $speaks over the transport $transport,", ({ speaks, transport }) => {
  const stage = useStreams(transport, {}, speaks);

  it("a client that does not read holds the upstream, and gets everything once it does", async () => {
    const request = stage.open("/v1/chunks/a", { holdReply: true });
    const call = await stage.upstream.call();
    let sent = 0;
    const producer = (async () => {
      while (sent < MESSAGES) {
        sent++;
        if (!call.send(chunk)) await call.drained();
      }
      call.end();
    })();
    const response = await request.response();
    const held = await settled(() => sent);
    expect(held).toBeGreaterThan(0);
    expect(held * MESSAGE).toBeLessThan(BOUND);

    let received = 0;
    for await (const part of response) received += (part as Buffer).length;
    await producer;
    expect(received).toBe(MESSAGES * MESSAGE);
  });

  it("an upstream that does not take holds the client, and gets everything once it does", async () => {
    const request = stage.open("/v1/chunks/a:store", { method: "POST", upload: true });
    request.write("first");
    const call = await stage.upstream.call();
    await call.next();
    call.stopTaking();
    let sent = 0;
    const producer = (async () => {
      while (sent < MESSAGES) {
        sent++;
        if (!request.write(data)) await new Promise((resolve) => request.raw.once("drain", resolve));
      }
      request.end();
    })();
    const held = await settled(() => sent);
    expect(held * MESSAGE).toBeLessThan(BOUND);

    call.takeAgain();
    await producer;
    let received = 0;
    for (let message = await call.next(); message !== null; message = await call.next()) {
      const { file } = message as { file: { data: string } };
      received += Buffer.from(file.data, "base64").length;
    }
    expect(received).toBe(MESSAGES * MESSAGE);
    call.send({ size: received });
    call.end();
    expect(JSON.parse((await request.body()).toString())).toEqual({ size: received });
  });
});
