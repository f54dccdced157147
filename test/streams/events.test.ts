import { createParser, type EventSourceMessage } from "eventsource-parser";
import { describe, expect, it } from "vitest";
import { startSampleServices } from "../../examples/index.js";
import { FaultsError } from "../../src/core/index.js";
import { startGateway } from "../support/gateway.js";
import { openRequest } from "./support/live-request.js";
import { streamConfig, useStreams } from "./support/use-streams.js";

const WATCH = "/v1/tides/north:watch";
const METHOD = "transcoding.gocases.v1.Tides.Watch";
const sse = { accept: "text/event-stream" };

function parse(text: string): { events: EventSourceMessage[]; retries: number[]; comments: string[] } {
  const events: EventSourceMessage[] = [];
  const retries: number[] = [];
  const comments: string[] = [];
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onRetry: (retry) => retries.push(retry),
    onComment: (comment) => comments.push(comment),
  });
  parser.feed(text);
  return { events, retries, comments };
}

describe("Server-sent events", () => {
  const stage = useStreams("http2", {
    streams: { methods: { [METHOD]: { event: "level", id: "seq", retry: "seq", lastEventId: "count" } } },
  });

  it("have event, id and retry from the fields that are configured, where a message has them", async () => {
    const request = stage.open(WATCH, { headers: sse });
    const call = await stage.upstream.call();
    call.send({ seq: 1500, level: "high" });
    call.send({ seq: 2 });
    call.send({ level: "two\nlines" });
    call.end();
    const { events, retries } = parse((await request.body()).toString());
    expect(events).toEqual([
      { event: "high", id: "1500", data: '{"seq":"1500","level":"high"}' },
      { event: undefined, id: "2", data: '{"seq":"2"}' },
      { event: undefined, id: undefined, data: '{"level":"two\\nlines"}' },
    ]);
    expect(retries).toEqual([1500, 2]);
  });

  it("tell proxies and caches to keep their hands off", async () => {
    const request = stage.open(WATCH, { headers: sse });
    const call = await stage.upstream.call();
    call.end();
    expect((await request.head()).headers).toMatchObject({ "cache-control": "no-cache", "x-accel-buffering": "no" });
    await request.body();
  });

  it("hand Last-Event-ID on, as metadata and into the field that is configured", async () => {
    const request = stage.open(WATCH, { headers: { ...sse, "last-event-id": "41" } });
    const call = await stage.upstream.call();
    expect(await call.next()).toEqual({ station: "north", count: 41 });
    expect(call.metadata.get("last-event-id")).toEqual(["41"]);
    call.end();
    await request.body();
  });

  it("let the request itself have the last word on that field", async () => {
    const request = stage.open(`${WATCH}?count=7`, { headers: { ...sse, "last-event-id": "41" } });
    const call = await stage.upstream.call();
    expect(await call.next()).toEqual({ station: "north", count: 7 });
    call.end();
    await request.body();
  });

  it("are refused with 400 for a Last-Event-ID that does not fit its field", async () => {
    const request = stage.open(WATCH, { headers: { ...sse, "last-event-id": "x" } });
    expect(await request.head()).toMatchObject({ status: 400 });
    await request.body();
  });
});

describe("The times of streams", () => {
  const stage = useStreams("http2", {
    streams: { heartbeat: "40ms", idleTimeout: "400ms", deadline: "5s", maxDeadline: "6s" },
    upstreams: { live: { target: "", deadline: "100ms", maxDeadline: "100ms" } },
  });

  it("a silent event stream is begun and kept alive by comments, and real events come through", async () => {
    const request = stage.open(WATCH, { headers: sse });
    const call = await stage.upstream.call();
    expect(await request.head()).toMatchObject({ status: 200, headers: { "content-type": "text/event-stream" } });
    const beats = await request.until(6);
    expect(parse(beats)).toMatchObject({ events: [], comments: ["", ""] });
    call.send({ seq: 1 });
    call.end();
    expect(parse((await request.body()).toString()).events).toEqual([
      { data: '{"seq":"1"}', event: undefined, id: undefined },
    ]);
  });

  it("a stream without a message either way ends with an error once it has been idle too long", async () => {
    const request = stage.open(WATCH);
    const call = await stage.upstream.call();
    call.send({ seq: 1 });
    expect(JSON.parse((await request.body()).toString())).toMatchObject([
      { seq: "1" },
      { error: { code: 4, message: "the stream had no message either way for too long" } },
    ]);
    await call.cancelled;
  });

  it("and with 504 if it never had one", async () => {
    const request = stage.open(WATCH);
    const call = await stage.upstream.call();
    expect(await request.head()).toMatchObject({ status: 504 });
    await request.body();
    await call.cancelled;
  });

  it("a stream has the deadline of streams, or the client's up to the largest", async () => {
    for (const [headers, least, most] of [
      [{}, 4_000, 5_000],
      [{ "grpc-timeout": "1H" }, 5_000, 6_000],
      [{ "grpc-timeout": "3S" }, 2_000, 3_000],
    ] as const) {
      const request = stage.open(WATCH, { headers });
      const call = await stage.upstream.call();
      expect(call.remaining()).toBeGreaterThan(least);
      expect(call.remaining()).toBeLessThanOrEqual(most);
      call.end();
      await request.body();
    }
  });

  it("a stream that is over its deadline ends with the error in its body", async () => {
    const request = stage.open(WATCH, { headers: { "grpc-timeout": "200m" } });
    const call = await stage.upstream.call();
    call.send({ seq: 1 });
    const [, last] = JSON.parse((await request.body()).toString());
    expect(last).toMatchObject({ error: { code: 4, message: "the upstream did not answer within the deadline" } });
  });
});

describe("What streams.methods names wrongly is told at start, all at once", () => {
  it.each([
    [{ "transcoding.gocases.v1.Tides.Watsh": {} }, ['no service has a method "transcoding.gocases.v1.Tides.Watsh"']],
    [
      { [METHOD]: { event: "levle", retry: "level", lastEventId: "station.x", fileName: "station" } },
      [
        `streams.methods.${METHOD}.event: transcoding.gocases.v1.TideReading has no field "levle"`,
        `streams.methods.${METHOD}.retry: transcoding.gocases.v1.TideReading.level is not an integer or a google.protobuf.Duration`,
        `streams.methods.${METHOD}.lastEventId: transcoding.gocases.v1.WatchRequest.station is no message`,
        `streams.methods.${METHOD}.fileName: ${METHOD} is not a stream of requests`,
      ],
    ],
  ])("%j", async (methods, faults) => {
    const starting = startGateway(streamConfig("127.0.0.1:1", "http2", { streams: { methods } }));
    const error = await starting.then(
      (gateway) => gateway.close(),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(FaultsError);
    for (const fault of faults) expect((error as FaultsError).message).toContain(fault);
  });
});

describe("A file in a client stream whose method names fields for it", () => {
  it("has its name and content type in the first message, apart from the data where a oneof keeps them apart", async () => {
    const samples = await startSampleServices();
    const gateway = await startGateway({
      schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
      upstreams: { samples: { target: samples.address } },
      admin: { enabled: false },
      streams: {
        methods: {
          "portico.examples.v1.UploadService.UploadChunks": {
            fileName: "header.name",
            contentType: "header.content_type",
          },
        },
      },
    });
    const form = new FormData();
    const file = Buffer.alloc(300_000, "tide");
    form.append("header.name", "files/tide.txt");
    form.append("data", new Blob([file], { type: "text/x-tide" }), "ignored.txt");
    const body = new Response(form);
    const request = openRequest(gateway, "/v1/files:chunks", {
      method: "POST",
      upload: true,
      headers: { "content-type": body.headers.get("content-type") ?? "" },
    });
    request.end(Buffer.from(await body.arrayBuffer()));
    expect(JSON.parse((await request.body()).toString())).toMatchObject({
      name: "files/tide.txt",
      contentType: "text/x-tide",
      size: "300000",
    });
    await gateway.close();
    await samples.close();
  });
});
