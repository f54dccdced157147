import { describe, expect, it } from "vitest";
import { startGateway } from "../support/gateway.js";
import { openRequest } from "./support/live-request.js";
import { startLiveUpstream } from "./support/live-upstream.js";
import { httpBodyStream, readings } from "./support/messages.js";
import { ends, gocases, streamConfig, useStreams } from "./support/use-streams.js";

const WATCH = "/v1/tides/north:watch";
const LEVELS = "/v1/tides/north/levels";
const { one, two } = readings;

/** Every framing: what the client accepts, and the body after each step. */
const framings = [
  {
    name: "array",
    accept: "application/json",
    contentType: "application/json",
    first: `[${one.text}`,
    whole: `[${one.text},${two.text}]`,
    empty: "[]",
    failed: `[${one.text},{"error":{"code":9,"message":"tide's out"}}]`,
  },
  {
    name: "NDJSON",
    accept: "application/x-ndjson",
    contentType: "application/x-ndjson",
    first: `${one.text}\n`,
    whole: `${one.text}\n${two.text}\n`,
    empty: "",
    failed: `${one.text}\n{"error":{"code":9,"message":"tide's out"}}\n`,
  },
  {
    name: "server-sent events",
    accept: "text/event-stream",
    contentType: "text/event-stream",
    first: `data: ${one.text}\n\n`,
    whole: `data: ${one.text}\n\ndata: ${two.text}\n\n`,
    empty: "",
    failed: `data: ${one.text}\n\nevent: error\ndata: {"code":9,"message":"tide's out"}\n\n`,
  },
] as const;

describe.each(ends)("A server stream by $speaks over the transport $transport", ({ speaks, transport }) => {
  const stage = useStreams(transport, {}, speaks);

  for (const framing of framings) {
    describe(`as ${framing.name}`, () => {
      const open = (path: string, headers: Record<string, string> = {}) =>
        stage.open(path, { headers: { accept: framing.accept, ...headers } });

      it("has its first message on the wire before the upstream makes a second", async () => {
        const request = open(WATCH);
        const call = await stage.upstream.call();
        expect(await call.next()).toEqual({ station: "north" });
        call.send(one.json);
        expect(await request.until(framing.first.length)).toBe(framing.first);
        expect(await request.head()).toMatchObject({
          status: 200,
          headers: { "content-type": framing.contentType, vary: "accept" },
        });
        call.send(two.json);
        call.end();
        expect((await request.body()).toString()).toBe(framing.whole);
      });

      it("without a message is an empty stream", async () => {
        const request = open(WATCH);
        (await stage.upstream.call()).end();
        expect(await request.head()).toMatchObject({ status: 200, headers: { "content-type": framing.contentType } });
        expect((await request.body()).toString()).toBe(framing.empty);
      });

      it("that fails before its first message has the HTTP status and the body of a unary error", async () => {
        const request = open(WATCH);
        (await stage.upstream.call()).end({ code: 5, message: "no station" });
        expect(await request.head()).toMatchObject({ status: 404, headers: { "content-type": "application/json" } });
        expect(JSON.parse((await request.body()).toString())).toEqual({ code: 5, message: "no station" });
      });

      it("that fails later tells so in its body, and in trailers to a client that takes them", async () => {
        const request = open(WATCH, { te: "trailers" });
        const call = await stage.upstream.call();
        call.send(one.json);
        await request.until(framing.first.length);
        call.end({ code: 9, message: "tide's out" });
        expect((await request.body()).toString()).toBe(framing.failed);
        expect((await request.head()).headers["trailer"]).toBe("grpc-status, grpc-message");
        expect(request.trailers()).toEqual({ "grpc-status": "9", "grpc-message": "tide's out" });
      });

      it("has trailers for a client that did not ask over HTTP/2 alone", async () => {
        const request = open(WATCH);
        const call = await stage.upstream.call();
        call.send(one.json);
        call.end();
        await request.body();
        const told = speaks !== "http/1.1";
        expect((await request.head()).headers["trailer"]).toBe(told ? "grpc-status, grpc-message" : undefined);
        expect(request.trailers()).toEqual(told ? { "grpc-status": "0", "grpc-message": "" } : {});
      });

      it("tells at once in its body that the upstream has gone", async () => {
        const upstream = await startLiveUpstream(gocases());
        const gateway = await startGateway(streamConfig(upstream.address, transport), speaks);
        const request = openRequest(gateway, WATCH, { headers: { accept: framing.accept } });
        (await upstream.call()).send(one.json);
        await request.until(framing.first.length);
        upstream.crash();
        const body = (await request.body()).toString();
        expect(body.startsWith(framing.first)).toBe(true);
        expect(body).toContain('"code":14,"message":"the upstream service cannot be reached"');
        await gateway.close();
      });
    });
  }

  it("sends trailing metadata and an encoded message as trailers to a client that takes them", async () => {
    const request = stage.open(WATCH, { headers: { te: "trailers" } });
    const call = await stage.upstream.call();
    call.send(one.json);
    await request.until(1);
    call.end({ code: 9, message: "100% é: no" }, { "x-cost": "3" });
    await request.body();
    expect(request.trailers()).toEqual({
      "grpc-status": "9",
      "grpc-message": "100%25 %C3%A9: no",
      "grpc-trailer-x-cost": "3",
    });
  });

  it("applies response_body to every message", async () => {
    const request = stage.open(LEVELS, { headers: { accept: "application/x-ndjson" } });
    const call = await stage.upstream.call();
    call.send(one.json);
    call.send({ seq: 3 });
    call.end();
    expect((await request.body()).toString()).toBe(`${JSON.stringify(one.json.level)}\n""\n`);
  });

  it("of HttpBody messages is their bytes under the first one's content type", async () => {
    const request = stage.open("/v1/chunks/a.txt");
    const call = await stage.upstream.call();
    call.send(httpBodyStream[0]);
    expect(await request.until(3)).toBe("abc");
    call.send(httpBodyStream[1]);
    call.end();
    expect(await request.head()).toMatchObject({ status: 200, headers: { "content-type": "text/x-tide" } });
    expect((await request.body()).toString()).toBe("abc\0def");
  });

  it("of HttpBody messages that fails later breaks off, for bytes have no place for an error", async () => {
    const request = stage.open("/v1/chunks/a.txt");
    const call = await stage.upstream.call();
    call.send(httpBodyStream[0]);
    await request.until(3);
    call.end({ code: 13, message: "disk" });
    await expect(request.body()).rejects.toThrow(/aborted|INTERNAL_ERROR/);
  });

  it("is cancelled at the upstream when the client goes away, before and after the first message", async () => {
    const early = stage.open(WATCH);
    const first = await stage.upstream.call();
    early.abort();
    await first.cancelled;
    const late = stage.open(WATCH);
    const second = await stage.upstream.call();
    second.send(one.json);
    await late.until(1);
    late.abort();
    await second.cancelled;
  });

  it("answers HEAD with the headers of the first message, ends, and lets the upstream go", async () => {
    const request = stage.open(WATCH, { method: "HEAD", headers: { te: "trailers" } });
    const call = await stage.upstream.call();
    call.send(one.json);
    expect(await request.head()).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
    expect((await request.body()).length).toBe(0);
    await call.cancelled;
  });

  it("passes initial metadata on as headers and leaves out what no header can hold", async () => {
    const request = stage.open(WATCH);
    const call = await stage.upstream.call();
    call.header({ "x-tide": "high", etag: '"7"' });
    call.send(one.json);
    call.end();
    expect((await request.head()).headers).toMatchObject({ "grpc-metadata-x-tide": "high", etag: '"7"' });
  });

  it("has no internal failure in the log for anything above", () => {
    expect(stage.gateway.failures.filter((failure) => failure.startsWith("internal error"))).toEqual([]);
  });
});
