import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../../src/app/cli/main.js";
import { createProgram } from "../../../src/app/create-program.js";
import { closedPort } from "../../support/closed-port.js";
import {
  type AnswerReflection,
  type ReflectingServer,
  startReflectingServer,
} from "../../support/reflecting-server.js";
import { tellingShop } from "./support.js";

describe.each(["http2", "grpc-js"] as const)(
  "a command asks the upstreams that tell their schema, over %s",
  (transport) => {
    let folder = "";
    const servers: ReflectingServer[] = [];

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "portico-reflection-"));
    });
    afterAll(() => rmSync(folder, { recursive: true }));
    afterEach(() => {
      for (const server of servers.splice(0)) server.kill();
    });

    async function serve(answer: AnswerReflection): Promise<string> {
      const server = await startReflectingServer(answer);
      servers.push(server);
      return server.address;
    }

    async function portico(given: Readonly<Record<string, string | object>>, ...args: readonly string[]) {
      const config = join(folder, "gateway.config.yaml");
      const upstreams = Object.fromEntries(
        Object.entries(given).map(([name, one]) => [
          name,
          { ...(typeof one === "string" ? { target: one } : one), transport },
        ]),
      );
      const schema = { reflection: Object.keys(given), reflectionTimeout: "1s" };
      writeFileSync(config, JSON.stringify({ schema, upstreams }));
      const written = { stdout: "", stderr: "" };
      const io = {
        stdout: (text: string) => {
          written.stdout += text;
        },
        stderr: (text: string) => {
          written.stderr += text.replaceAll(config, "CONFIG");
        },
        environment: {},
        process,
        logDestination: () => ({ write: () => undefined }),
      };
      const code = await run([...args, "-c", config], io, createProgram());
      return { code, ...written };
    }

    const shop = tellingShop({ rules: ["GET /shop/{name}"] });

    it.each<[args: readonly string[], stdout: RegExp]>([
      [["check"], /^ok: 1 route of 1 method, 1 service\n$/],
      [["routes"], /^GET {2}\/shop\/\{name\} {2}→ {2}shop\.Shop\/Get0 {2}shop {2}shop\/shop\.proto\n$/],
      [["explain", "GET", "/shop/a"], /shop\.Shop\/Get0[\s\S]*"name": ?"a"/],
      [["openapi"], /\n {2}\/shop\/\{name\}:\n/],
    ])("%j", async (args, stdout) => {
      const answer = await portico({ shop: await serve(shop) }, ...args);
      expect(answer).toEqual({ code: 0, stdout: expect.stringMatching(stdout), stderr: "" });
    });

    it.each([["check"], ["explain", "GET", "/shop/a"]])(
      "%s says so of each that is not there, has no reflection or does not answer in time",
      async (...args) => {
        const targets = {
          gone: `127.0.0.1:${await closedPort()}`,
          mute: await serve(() => null),
          shop: await serve(shop),
        };
        const { code, stdout, stderr } = await portico(targets, ...args);
        expect([code, stdout]).toEqual([1, ""]);
        expect(stderr.trimEnd().split("\n").sort()).toEqual([
          expect.stringMatching(
            /^CONFIG: upstreams\.gone: cannot ask it for its schema by server reflection: .*ECONNREFUSED/,
          ),
          "CONFIG: upstreams.mute: cannot ask it for its schema by server reflection: it did not answer in time",
        ]);
      },
    );

    it("tells what is wrong with a schema, and by which upstream", async () => {
      const targets = {
        shop: await serve(shop),
        copy: await serve(tellingShop({ rules: ["GET /shop/{name}"], package: "copy" })),
        twin: await serve(shop),
      };
      const { code, stderr } = await portico(targets, "check");
      expect(code).toBe(1);
      expect(stderr).toContain(
        "CONFIG: shop.Shop: the upstreams shop and twin both list this service: name it in `services` of one of them\n",
      );
      expect(stderr).toContain(
        "shop/shop.proto: shop.Shop.Get0: cannot serve GET /shop/{name}: GET /shop/{name} of copy.Shop.Get0 (copy/shop.proto)",
      );
    });

    it("serves of an upstream with `services` those alone, whatever it lists", async () => {
      const target = await serve(tellingShop({ rules: ["GET /shop/{name}"], watcher: true }));
      const given = { target, services: ["shop.Watcher"] };
      expect(await portico({ shop: given }, "routes")).toEqual({
        code: 0,
        stdout: "GET  /watch  →  shop.Watcher/Watch  shop  shop/shop.proto\n",
        stderr: "",
      });
    });

    it("warns of what an upstream leaves out", async () => {
      const target = await serve((asked) =>
        asked.text === "shop.Shop" ? new Uint8Array([0x3a, 0x02, 0x08, 0x05]) : shop(asked),
      );
      expect(await portico({ shop: target }, "check")).toEqual({
        code: 0,
        stdout: "ok: 0 routes of 0 methods, 0 services\n",
        stderr:
          "warning: upstream shop: shop.Shop: the upstream lists the service and does not describe it: it is not served\n",
      });
    });
  },
);
