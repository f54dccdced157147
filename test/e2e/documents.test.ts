import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fastify } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConfigInput, portico } from "../../src/app/index.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { headerValue, sendRaw } from "../support/raw-http.js";

/** A service with a rule for the path of the page to start from, and one of another package. */
const rooted = `syntax = "proto3";
package rooted.v1;
import "google/api/annotations.proto";
service Roots { rpc GetRoot(Root) returns (Root) { option (google.api.http) = { get: "/" }; } }
message Root { string name = 1; }
`;
const plain = `syntax = "proto3";
package plain.v1;
import "google/api/annotations.proto";
service Things { rpc GetThing(Thing) returns (Thing) { option (google.api.http) = { get: "/v1/things/{name}" }; } }
message Thing { string name = 1; }
`;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "portico-documents-"));
  writeFileSync(path.join(folder, "rooted.proto"), rooted);
  writeFileSync(path.join(folder, "plain.proto"), plain);
  const overlay = "overlay: 1.0.0\ninfo: { title: o, version: '1' }\nactions:\n";
  writeFileSync(path.join(folder, "title.yaml"), `${overlay}  - target: $.info\n    update: { title: Overlaid }\n`);
  writeFileSync(path.join(folder, "wrong.yaml"), `${overlay}  - target: $.info.title\n    update: T\n`);
  writeFileSync(path.join(folder, "broken.yaml"), `${overlay}  - target: $.info[\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function configOf(files: readonly string[], openapi: ConfigInput["openapi"] = {}): ConfigInput {
  return {
    schema: { protos: { roots: [folder], files: files.map((file) => path.join(folder, file)) } },
    upstreams: { things: { target: "127.0.0.1:1", services: ["*"] } },
    openapi: {
      ...openapi,
      ...(openapi?.overlay === undefined ? {} : { overlay: openapi.overlay.map((file) => path.join(folder, file)) }),
    },
  };
}

async function withGateway<T>(config: ConfigInput, use: (gateway: RunningGateway) => Promise<T>): Promise<T> {
  const gateway = await startGateway(config);
  try {
    return await use(gateway);
  } finally {
    await gateway.close();
  }
}

async function statusAndType(gateway: RunningGateway, url: string, method = "GET"): Promise<string> {
  const { status, headers } = await sendRaw(gateway, { method, path: url });
  return `${status} ${headerValue(headers, "content-type")?.split(";")[0]}`;
}

describe("the page to start from", () => {
  it("is at the root where no rule is", async () => {
    await withGateway(configOf(["plain.proto"]), async (gateway) => {
      expect(await statusAndType(gateway, "/")).toBe("200 text/html");
      expect(await statusAndType(gateway, "/?utm_source=x")).toBe("200 text/html");
      expect(await statusAndType(gateway, "/", "HEAD")).toBe("200 text/html");
      expect(await statusAndType(gateway, "/", "POST")).toBe("404 application/json");
      expect(await statusAndType(gateway, "/home")).toBe("404 application/json");
    });
  });

  it("gives way to a rule for its path", async () => {
    await withGateway(configOf(["rooted.proto"]), async (gateway) => {
      expect(await statusAndType(gateway, "/")).toBe("503 application/json");
      expect(await statusAndType(gateway, "/", "POST")).toBe("405 application/json");
    });
  });

  it("can stand elsewhere", async () => {
    await withGateway(configOf(["rooted.proto"], { home: "/start" }), async (gateway) => {
      expect(await statusAndType(gateway, "/start")).toBe("200 text/html");
    });
  });

  it("is under the prefix in someone's app, and never at the root of one", async () => {
    const app = fastify();
    await app.register(portico, { prefix: "/api", config: configOf(["plain.proto"]) });
    await app.register(portico, {
      config: configOf(["rooted.proto"], { ui: "/docs2", path: "/two.json", home: "/two" }),
    });
    const page = await app.inject("/api/");
    expect([page.statusCode, /href="([^"]*)"/.exec(page.body.slice(page.body.indexOf("<nav")))?.[1]]).toEqual([
      200,
      "/api/docs/",
    ]);
    expect((await app.inject("/two")).statusCode).toBe(404);
    await app.close();
  });
});

const everything = ["/", "/docs", "/docs/", "/docs/json", "/docs/config.json", "/openapi.json", "/openapi.yaml"];

describe("nothing of the documents appears", () => {
  it.each<[string, ConfigInput["openapi"]]>([
    ["where all is off", { enabled: false }],
    ["where each is off", { path: false, ui: false, home: false }],
    ["on the public port, where they are on the admin port", { port: "admin" }],
  ])("%s", async (_name, openapi) => {
    await withGateway(configOf(["plain.proto"], openapi), async (gateway) => {
      for (const url of everything) {
        expect([url, await statusAndType(gateway, url)]).toEqual([url, "404 application/json"]);
      }
    });
  });
});

describe("documents on the admin port", () => {
  it("are all there, and calls are served beside them, for the page to be tried", async () => {
    await withGateway(configOf(["plain.proto"], { port: "admin" }), async ({ adminListener: listener }) => {
      if (listener === null) throw new Error("the admin port has nothing of the gateway");
      const server = createServer(listener).listen(0, "127.0.0.1");
      await new Promise((listening) => server.once("listening", listening));
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      for (const url of everything) expect([url, (await fetch(origin + url)).status]).toEqual([url, 200]);
      const call = await fetch(`${origin}/v1/things/a`);
      expect([call.status, ((await call.json()) as { code: number }).code]).toEqual([503, 14]);
      server.close();
    });
  });

  it("are not there where they are on the public port, or off", async () => {
    for (const openapi of [{}, { port: "admin", enabled: false }] as const) {
      await withGateway(configOf(["plain.proto"], openapi), async ({ adminListener }) => {
        expect(adminListener).toBe(null);
      });
    }
  });
});

describe("documents of parts", () => {
  it("are those of packages and of services", async () => {
    await withGateway(configOf(["plain.proto", "rooted.proto"]), async (gateway) => {
      const pathsOf = async (query: string): Promise<readonly string[]> => {
        const { body } = await sendRaw(gateway, { method: "GET", path: `/openapi.json${query}` });
        return Object.keys(JSON.parse(body.toString()).paths ?? {});
      };
      expect(await pathsOf("")).toEqual(["/v1/things/{name}", "/"]);
      expect(await pathsOf("?service=plain.v1.*")).toEqual(["/v1/things/{name}"]);
      expect(await pathsOf("?service=rooted.v1.Roots&version=3.0")).toEqual(["/"]);
      expect(await pathsOf("?service=google.*")).toEqual([]);
    });
  });

  it("do not tell what is left out of the document", async () => {
    await withGateway(configOf(["plain.proto", "rooted.proto"], { exclude: ["rooted.v1.*"] }), async (gateway) => {
      expect(await statusAndType(gateway, "/openapi.json?service=rooted.v1.Roots")).toBe("404 application/json");
      const { body } = await sendRaw(gateway, { method: "GET", path: "/docs/config.json" });
      expect(JSON.parse(body.toString())).toEqual({ url: "/openapi.json" });
    });
  });
});

describe("overlays", () => {
  it("are laid over every document that is served", async () => {
    await withGateway(configOf(["plain.proto", "rooted.proto"], { overlay: ["title.yaml"] }), async (gateway) => {
      for (const url of [
        "/openapi.json",
        "/openapi.json?service=plain.v1.*",
        "/openapi.json?version=3.0",
        "/docs/json",
      ]) {
        const { body } = await sendRaw(gateway, { method: "GET", path: url });
        expect([url, JSON.parse(body.toString()).info.title]).toEqual([url, "Overlaid"]);
      }
    });
  });

  it.each([
    [
      "broken.yaml",
      'broken.yaml:4:20: actions[0].target: cannot read the JSONPath "$.info[": unclosed bracketed selection',
    ],
    ["wrong.yaml", "wrong.yaml:4:5: actions[0]: cannot apply the action: the target is a plain value"],
  ])("that are wrong are refused at start: %s", async (overlay, fault) => {
    await expect(startGateway(configOf(["plain.proto"], { overlay: [overlay] }))).rejects.toThrow(fault);
  });

  it("that are wrong are told beside what else is", async () => {
    const config = { ...configOf(["plain.proto", "nowhere.proto"], { overlay: ["broken.yaml"] }) };
    await expect(startGateway(config)).rejects.toThrow(
      /nowhere\.proto[\s\S]*broken\.yaml:4:20|broken\.yaml:4:20[\s\S]*nowhere\.proto/,
    );
  });
});
