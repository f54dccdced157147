import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64, handForm } from "./support/hand-form.js";
import { useStreams } from "./support/use-streams.js";

/** A form as Node's own fetch sends it: an encoder that no one here wrote. */
async function encodeForm(fill: (form: FormData) => void): Promise<{ type: string; body: Buffer }> {
  const form = new FormData();
  fill(form);
  const response = new Response(form);
  return { type: response.headers.get("content-type") ?? "", body: Buffer.from(await response.arrayBuffer()) };
}

describe("A form in a unary call", () => {
  const stage = useStreams("http2");

  /** Sends a form and gives what the upstream saw, or the status and error that came back. */
  const post = async (
    path: string,
    form: { readonly type: string; readonly body: Buffer },
    cuts: readonly number[] = [],
  ): Promise<unknown> => {
    const request = stage.open(path, {
      method: "POST",
      upload: true,
      headers: { "content-type": form.type, "content-length": String(form.body.length) },
    });
    const served = stage.upstream.call();
    let at = 0;
    for (const cut of cuts) {
      request.write(form.body.subarray(at, cut));
      await new Promise(setImmediate);
      at = cut;
    }
    request.end(form.body.subarray(at));
    const first = await Promise.race([served, request.head()]);
    if ("status" in first) {
      const { code, message } = JSON.parse((await request.body()).toString());
      stage.upstream.forget();
      return { status: first.status, code, message };
    }
    const message = await first.next();
    first.send({});
    first.end();
    expect(await request.head()).toMatchObject({ status: 200 });
    await request.body();
    return message;
  };

  it("fills scalars by text, lists by repetition, messages by dots and by JSON, map entries by key", async () => {
    const form = await encodeForm((parts) => {
      parts.append("title", "Ä\nb");
      parts.append("crewSize", "3");
      parts.append("cargo_grams", "9007199254740993");
      parts.append("grade", "GRADE_HIGH");
      parts.append("flags", "a");
      parts.append("flags", "b");
      parts.append("spot.harbor", "North");
      parts.append("spot.inner.depth_cm", "7");
      parts.append("labels[k]", "v");
      parts.append("launchedAt", "2021-03-04T05:06:07Z");
      parts.append("trip", "1.5s");
      parts.append("active", "true");
      parts.append("extra", new Blob(['{"a":[1,null]}'], { type: "application/json" }), "extra.json");
      parts.append("stops", new Blob(['[{"harbor":"A"},{"harbor":"B"}]'], { type: "application/json" }), "stops.json");
      parts.append("tow.harbor", "T");
    });
    expect(await post("/v1/echo", form)).toEqual({
      // HTML's form encoding makes CRLF of every line end.
      title: "Ä\r\nb",
      crewSize: 3,
      cargoGrams: "9007199254740993",
      grade: "GRADE_HIGH",
      flags: ["a", "b"],
      spot: { harbor: "North", inner: { depthCm: 7 } },
      labels: { k: "v" },
      launchedAt: "2021-03-04T05:06:07Z",
      trip: "1.500s",
      active: true,
      extra: { a: [1, null] },
      stops: [{ harbor: "A" }, { harbor: "B" }],
      tow: { harbor: "T" },
    });
  });

  it("puts a file into a bytes field as it is, and text into it from base64", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const file = await encodeForm((parts) => parts.append("seal", new Blob([bytes]), "seal.bin"));
    expect(await post("/v1/echo", file)).toEqual({ seal: bytes.toString("base64") });
    const text = await encodeForm((parts) => parts.append("seal", base64("hi")));
    expect(await post("/v1/echo", text)).toEqual({ seal: base64("hi") });
  });

  it("puts a file into an HttpBody field with its content type, beside fields, query and path", async () => {
    const form = await encodeForm((parts) => {
      parts.append("file", new Blob(["hello"], { type: "text/x-tide" }), "a.txt");
      parts.append("note", "n");
    });
    expect(await post("/v1/files/a.txt:store", form)).toEqual({
      name: "a.txt",
      note: "n",
      file: { contentType: "text/x-tide", data: base64("hello") },
    });
  });

  it("is the bytes of an HttpBody that is the whole request", async () => {
    const form = handForm('name="x"\r\n\r\n1');
    expect(await post("/v1/rawfiles", form)).toEqual({ contentType: form.type, data: form.body.toString("base64") });
  });

  it("is read the same however it is cut", async () => {
    const form = handForm('name="title"\r\n\r\n--B\r\n-', 'name="seal"; filename="f"\r\n\r\n\r\n--B');
    const expected = { title: "--B\r\n-", seal: base64("\r\n--B") };
    for (let cut = 1; cut < form.body.length; cut++) expect(await post("/v1/echo", form, [cut])).toEqual(expected);
  });

  const refusals: readonly {
    readonly what: string;
    readonly form: { readonly type: string; readonly body: Buffer };
    readonly path?: string;
    readonly status?: number;
    readonly says: string;
  }[] = [
    {
      what: "a part that names no field",
      form: handForm('name="titel"\r\n\r\nx'),
      says: 'cannot read part "titel" of the form: transcoding.gocases.v1.Boat has no field "titel"; did you mean "title"?',
    },
    {
      what: "a part for a field that the path holds",
      path: "/v1/files/a.txt:store",
      form: handForm('name="name"\r\n\r\nx'),
      says: 'cannot read part "name" of the form: the path holds name',
    },
    {
      what: "a second value for a field that takes one",
      form: handForm('name="title"\r\n\r\nx', 'name="title"\r\n\r\ny'),
      says: 'cannot read part "title" of the form: it takes one value',
    },
    {
      what: "two members of a oneof",
      form: handForm('name="sail"\r\n\r\nx', 'name="engineKw"\r\n\r\n1'),
      says: 'cannot read part "engine_kw" of the form: oneof transcoding.gocases.v1.Boat.drive is already set by sail',
    },
    {
      what: "a text that does not fit",
      form: handForm('name="crewSize"\r\n\r\nmany'),
      says: 'cannot read field transcoding.gocases.v1.Boat.crew_size from text: expected int32, got "many"',
    },
    {
      what: "JSON that does not fit",
      form: handForm('name="spot"\r\nContent-Type: application/json\r\n\r\n{"harbour":1}'),
      says: 'cannot read message transcoding.gocases.v1.Spot from JSON: it has no field "harbour"; did you mean "harbor"? (at $.harbour)',
    },
    {
      what: "text that is no UTF-8",
      form: {
        type: "multipart/form-data; boundary=BB",
        body: Buffer.from('--BB\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\r\n--BB--\r\n', "latin1"),
      },
      says: 'cannot read part "title" of the form: its text is no UTF-8',
    },
    {
      what: "a map as text",
      form: handForm('name="labels"\r\n\r\nx'),
      says: 'cannot read part "labels" of the form: a map is a part of type application/json, or an entry such as labels[key]',
    },
    {
      what: "a part without a name",
      form: handForm('filename="x"\r\n\r\nx'),
      says: "cannot read the form: a part has no name",
    },
    {
      what: "a form that ends too early",
      form: {
        type: "multipart/form-data; boundary=BB",
        body: Buffer.from('--BB\r\nContent-Disposition: form-data; name="title"\r\n\r\nx'),
      },
      says: "cannot read the form: its parts are broken or it ends too early",
    },
    {
      what: "a content type without a boundary",
      form: { type: "multipart/form-data", body: Buffer.from("x") },
      says: "cannot read the form: its content type has no boundary",
    },
    {
      what: "too many parts",
      form: handForm(...Array.from({ length: 101 }, () => 'name="flags"\r\n\r\nx')),
      says: "cannot read the form: it has more than 100 parts",
    },
    {
      what: "too many files",
      form: handForm(...Array.from({ length: 11 }, () => 'name="flags"; filename="f"\r\n\r\nx')),
      says: "cannot read the form: it has more than 10 files",
    },
    {
      what: "a part that is too large",
      status: 413,
      form: handForm(`name="title"\r\n\r\n${"x".repeat((1 << 20) + 1)}`),
      says: 'cannot take part "title" of the form: it is larger than 1048576 bytes',
    },
    {
      what: "a body that is too large",
      status: 413,
      form: handForm(`name="seal"; filename="f"\r\n\r\n${"x".repeat((4 << 20) + 1)}`),
      says: "cannot take the body: it is larger than 4194304 bytes",
    },
  ];
  for (const { what, form, path = "/v1/echo", status = 400, says } of refusals) {
    it(`is ${status} for ${what}`, async () => {
      expect(await post(path, form)).toEqual({ status, code: status === 413 ? 8 : 3, message: says });
    });
  }

  it("meets random bodies with a message or a refusal, never with an internal error", async () => {
    const seed = handForm('name="title"\r\n\r\nx', 'name="seal"; filename="f"\r\n\r\nyz').body.toString("latin1");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(seed.length), fc.constantFrom("", "\r\n", "--BB", "--", "\0", '"', ";", ":")), {
          maxLength: 4,
        }),
        async (edits) => {
          let text = seed;
          for (const [at, insert] of edits)
            text = text.slice(0, at) + insert + text.slice(at + (insert === "" ? 1 : 0));
          const result = await post("/v1/echo", {
            type: "multipart/form-data; boundary=BB",
            body: Buffer.from(text, "latin1"),
          });
          const { status = 200 } = result as { status?: number };
          expect([200, 400]).toContain(status);
        },
      ),
      { numRuns: 150, seed: 20261120 },
    );
    expect(stage.gateway.failures).toEqual([]);
  });
});

describe("A form that does not arrive", () => {
  const stage = useStreams("http2", { server: { limits: { requestTimeout: "100ms" } } });

  it("is 408 once the time for requests is over", async () => {
    const request = stage.open("/v1/echo", {
      method: "POST",
      upload: true,
      headers: { "content-type": "multipart/form-data; boundary=BB" },
    });
    request.write("--BB\r\n");
    expect(await request.head()).toMatchObject({ status: 408 });
    request.end();
    await request.body();
  });
});
