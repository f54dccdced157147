import { afterEach, describe, expect, it, vi } from "vitest";
import { createServing } from "../../../src/app/create-serving.js";
import { resolveConfig } from "../../../src/app/index.js";
import { askUpstream } from "../../../src/app/reflection/ask-upstream.js";
import { SchemaBoard } from "../../../src/app/reflection/schema-board.js";
import { readInputs } from "../../../src/app/routes/index.js";
import type { Served, Serving } from "../../../src/app/serving.js";
import type { Reflection } from "../../../src/schema/index.js";
import { startReflectingServer } from "../../support/reflecting-server.js";
import { type ShopVersion, tellingShop } from "./support.js";

/** What an upstream tells that has such a service. */
async function toldBy(upstream: string, version: ShopVersion): Promise<Reflection> {
  const server = await startReflectingServer(tellingShop({ package: upstream, ...version }));
  try {
    const options = { target: server.address, transport: "http2", tls: null, maxReplyBytes: 1 } as const;
    return await askUpstream(upstream, options, { timeout: 10_000 });
  } finally {
    server.kill();
  }
}

const many = (path: string, count = 400): ShopVersion => ({
  rules: Array.from({ length: count }, (_, i) => `GET /${path}/${i}/{name}`),
});

describe("a schema that is built beside what is served", () => {
  const servings: Serving[] = [];

  afterEach(async () => {
    await Promise.all(servings.splice(0).map((serving) => serving.close(0)));
  });

  async function boardOf(...upstreams: readonly string[]) {
    const config = resolveConfig({
      schema: { reflection: upstreams },
      upstreams: Object.fromEntries(upstreams.map((name) => [name, { target: "127.0.0.1:1" }])),
    });
    const serving = await createServing(config);
    servings.push(serving);
    const lines: string[] = [];
    const fields: Readonly<Record<string, unknown>>[] = [];
    const note =
      (level: string) =>
      (message: string, more: Readonly<Record<string, unknown>> = {}) => {
        lines.push(`${level} ${message}`);
        fields.push(more);
      };
    const log = { info: note("info"), warn: note("warn") };
    const stop = new AbortController();
    const board = new SchemaBoard(config, readInputs(config), serving, log, stop.signal);
    const isServed = (path: string): boolean => serving.current.table.matcher.match("GET", path).kind === "found";
    return { board, serving, lines, fields, stop, isServed };
  }

  it("is built in turns of the event loop, and put in place as a whole", async () => {
    const { board, isServed } = await boardOf("shop");
    const reflection = await toldBy("shop", many("v1"));
    let going = true;
    const seen: boolean[] = [];
    const turn = (): void => {
      seen.push(isServed("/v1/0/a"), isServed("/v1/399/a"));
      if (going) setImmediate(turn);
    };
    setImmediate(turn);
    await board.offer(reflection);
    going = false;
    expect([isServed("/v1/0/a"), isServed("/v1/399/a")]).toEqual([true, true]);
    // Two looks a turn; a build of 400 routes has many turns of 5 ms.
    expect(seen.length).toBeGreaterThan(6);
    expect(new Set(seen)).toEqual(new Set([false]));
  });

  it("gives way to one that is offered while it is built, which comes after it", async () => {
    const { board, lines, isServed } = await boardOf("shop");
    const [first, second] = [await toldBy("shop", many("v1", 50)), await toldBy("shop", many("v2", 51))];
    const one = board.offer(first);
    const two = board.offer(second);
    await one;
    expect([isServed("/v1/0/a"), isServed("/v2/0/a")]).toEqual([true, false]);
    await two;
    expect([isServed("/v1/0/a"), isServed("/v2/0/a")]).toEqual([false, true]);
    expect(lines).toEqual([
      "info upstream shop has told its schema, and 50 routes of it are served",
      "info upstream shop has told its schema, and 51 routes of it are served",
    ]);
  });

  it("is served beside that of another upstream that is offered in the same turn", async () => {
    const { board, isServed } = await boardOf("shop", "store");
    const both = [await toldBy("shop", many("shop", 50)), await toldBy("store", many("store", 50))];
    await Promise.all(both.map((reflection) => board.offer(reflection)));
    expect([isServed("/shop/0/a"), isServed("/store/0/a"), board.missing()]).toEqual([true, true, []]);
  });

  it("is dropped when the gateway closes while it is built", async () => {
    const { board, lines, serving, stop, isServed } = await boardOf("shop");
    const before = serving.current;
    const [first, second] = [await toldBy("shop", many("v1")), await toldBy("shop", many("v2", 5))];
    const offered = [board.offer(first), board.offer(second)];
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await Promise.all(offered);
    expect([serving.current === before, isServed("/v1/0/a"), isServed("/v2/0/a"), lines]).toEqual([
      true,
      false,
      false,
      [],
    ]);
  });

  it("is refused where it cannot be compiled to its end: what was served stays, and the next one is served", async () => {
    const { board, lines, serving, isServed } = await boardOf("shop");
    await board.offer(await toldBy("shop", many("v1", 5)));
    const compile = vi.spyOn(serving, "compile").mockImplementationOnce(function* (): Generator<void, Served> {
      yield;
      throw new RangeError("out of something");
    });
    await board.offer(await toldBy("shop", many("v2", 5)));
    expect([isServed("/v1/0/a"), isServed("/v2/0/a")]).toEqual([true, false]);
    compile.mockRestore();
    await board.offer(await toldBy("shop", many("v3", 5)));
    expect([isServed("/v1/0/a"), isServed("/v3/0/a")]).toEqual([false, true]);
    expect(lines).toEqual([
      "info upstream shop has told its schema, and 5 routes of it are served",
      "warn the schema of upstream shop is refused, the one before stays: RangeError: out of something",
      "info upstream shop has told its schema, and 5 routes of it are served",
    ]);
  });

  it("is told to the log with some of its services and gaps, however many there are", async () => {
    const { board, lines, fields } = await boardOf("shop");
    const services = ["shop.Shop", ...Array.from({ length: 9998 }, (_, i) => `shop.S${i}`)];
    await board.offer({ ...(await toldBy("shop", many("v1", 1))), services, undescribed: services.slice(1) });
    expect(lines).toEqual([
      "info upstream shop has told its schema, and 1 route of it is served",
      "warn upstream shop leaves out a part of its schema",
    ]);
    const [told, gaps] = [fields[0]?.["services"], fields[1]?.["gaps"]] as string[][];
    expect([told?.length, told?.[0], told?.at(-1)]).toEqual([51, "shop.Shop", "and 9949 more"]);
    expect([gaps?.length, gaps?.[0], gaps?.at(-1)]).toEqual([
      51,
      "upstream shop: shop.S0: the upstream lists the service and does not describe it: it is not served",
      "and 9948 more",
    ]);
  });

  it("is tried again once another upstream's has changed, with which it was at odds", async () => {
    const { board, lines, isServed } = await boardOf("shop", "store");
    await board.offer(await toldBy("shop", many("same", 5)));
    await board.offer(await toldBy("store", many("same", 5)));
    expect(lines.at(-1)).toMatch(
      /^warn the schema of upstream store is refused, none of it is served: .*cannot serve GET/,
    );
    await board.offer(await toldBy("shop", many("other", 5)));
    expect([isServed("/same/0/a"), isServed("/other/0/a"), board.missing()]).toEqual([true, true, []]);
  });
});
