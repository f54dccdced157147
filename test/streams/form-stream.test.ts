import { describe, expect, it } from "vitest";
import { base64, handForm } from "./support/hand-form.js";
import type { LiveCall } from "./support/live-upstream.js";
import { transports, useStreams } from "./support/use-streams.js";

describe.each(transports)("A form in a client stream, over the transport %s", (transport) => {
  const stage = useStreams(transport, { streams: { chunk: 4 } });
  const STORE = "/v1/chunks/a.txt:store";
  const upload = (type: string) =>
    stage.open(STORE, { method: "POST", upload: true, headers: { "content-type": type } });

  async function rest(call: LiveCall): Promise<unknown[]> {
    const messages: unknown[] = [];
    for (let message = await call.next(); message !== null; message = await call.next()) messages.push(message);
    return messages;
  }

  it("sends the file in chunks, each when it arrives, the fields and its type in the first", async () => {
    const request = upload("multipart/form-data; boundary=BB");
    request.write('--BB\r\nContent-Disposition: form-data; name="note"\r\n\r\nn\r\n');
    request.write(
      '--BB\r\nContent-Disposition: form-data; name="file"; filename="f"\r\nContent-Type: a/b\r\n\r\n0123456',
    );
    const call = await stage.upstream.call();
    expect(await call.next()).toEqual({ name: "a.txt", note: "n", file: { contentType: "a/b", data: base64("0123") } });
    expect(await call.next()).toEqual({ file: { data: base64("456") } });
    request.end("789\r\n--BB--\r\n");
    const messages = (await rest(call)) as { file: { data: string } }[];
    expect(messages.map(({ file }) => Buffer.from(file.data, "base64").toString()).join("")).toBe("789");
    call.send({ size: 10 });
    call.end();
    expect(JSON.parse((await request.body()).toString())).toEqual({ size: 10 });
  });

  const wholes: readonly {
    readonly what: string;
    readonly form: ReturnType<typeof handForm>;
    readonly gives: object[];
  }[] = [
    {
      what: "of fields alone is one message",
      form: handForm('name="note"\r\n\r\nn'),
      gives: [{ name: "a.txt", note: "n" }],
    },
    {
      what: "with an empty file has one message",
      form: handForm('name="file"; filename="f"\r\nContent-Type: a/b\r\n\r\n'),
      gives: [{ name: "a.txt", file: { contentType: "a/b" } }],
    },
  ];
  for (const { what, form, gives } of wholes) {
    it(what, async () => {
      const request = upload(form.type);
      request.end(form.body);
      const call = await stage.upstream.call();
      expect(await rest(call)).toEqual(gives);
      call.send({});
      call.end();
      await request.body();
    });
  }

  const refusals = [
    {
      what: "a field behind the file",
      form: handForm('name="file"; filename="f"\r\n\r\nx', 'name="note"\r\n\r\nn'),
      says: 'cannot read part "note" of the form: it comes after the file "file"',
    },
    {
      what: "a second file",
      form: handForm('name="file"; filename="f"\r\n\r\nx', 'name="file"; filename="g"\r\n\r\ny'),
      says: 'cannot read part "file" of the form: a stream takes one file',
    },
    {
      what: "a file for a field that has no chunks",
      form: handForm('name="note"; filename="f"\r\n\r\nx'),
      says: 'cannot read part "note" of the form: transcoding.gocases.v1.StoreRequest.note cannot take a file in chunks: it is neither bytes nor HttpBody',
    },
  ];
  for (const { what, form, says } of refusals) {
    it(`is 400 for ${what}`, async () => {
      const request = upload(form.type);
      request.end(form.body);
      expect(await request.head()).toMatchObject({ status: 400 });
      expect(JSON.parse((await request.body()).toString())).toMatchObject({ code: 3, message: says });
    });
  }
});
