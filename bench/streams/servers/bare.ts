/** Fastify streaming messages out of memory, in the framing that is asked for: the limit. Arguments: the message, how many. */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { fastify } from "fastify";
import { reportReady } from "../../support/child.js";

const message = readFileSync(process.argv[2] ?? "");
const count = Number(process.argv[3]);

interface Layout {
  readonly first: Buffer;
  readonly next: Buffer;
  readonly end: Buffer | null;
}
const same = (bytes: Buffer): Layout => ({ first: bytes, next: bytes, end: null });
const layouts: Readonly<Record<string, Layout>> = {
  "application/json": {
    first: Buffer.concat([Buffer.from("["), message]),
    next: Buffer.concat([Buffer.from(","), message]),
    end: Buffer.from("]"),
  },
  "application/x-ndjson": same(Buffer.concat([message, Buffer.from("\n")])),
  "text/event-stream": same(Buffer.concat([Buffer.from("data: "), message, Buffer.from("\n\n")])),
};

function* chunks({ first, next, end }: Layout): Generator<Buffer> {
  yield first;
  for (let i = 1; i < count; i++) yield next;
  if (end !== null) yield end;
}

const app = fastify();
// A colon in the path of a Fastify route begins a parameter; two are a colon.
app.get("/v1/users::watch", (request, reply) => {
  const layout = layouts[request.headers.accept ?? ""];
  if (layout === undefined) throw new Error(`no layout for ${request.headers.accept}`);
  reply.header("content-type", request.headers.accept).send(Readable.from(chunks(layout), { objectMode: false }));
});
await app.listen({ host: "127.0.0.1", port: 0 });
reportReady((app.server.address() as AddressInfo).port);
