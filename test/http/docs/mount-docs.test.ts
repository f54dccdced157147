import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type FastifyInstance, fastify } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DocsOptions, type Documentation, mountDocs } from "../../../src/http/index.js";

const document = {
  openapi: "3.1.0",
  info: { title: "Sample", version: "v1" },
  paths: {
    "/v1/files/{file}": { get: { parameters: [{ name: "file", in: "path", "x-multi-segment": true }] } },
    "/v1/files/{file}:copy": { post: { parameters: [{ name: "file", in: "path", "x-multi-segment": true }] } },
    "/v1/users:watch": { get: { responses: { "200": { content: { "text/event-stream": {} } } } } },
    "/v1/users/{user}": { get: { parameters: [{ name: "user", in: "path" }] } },
  },
};

const documentation: Documentation = {
  document,
  print: (format) => (format === "json" ? JSON.stringify(document) : "openapi: 3.1.0\n"),
};

const options: DocsOptions = {
  current: () => documentation,
  path: "/openapi.json",
  ui: "/docs",
};

let app: FastifyInstance;

async function appWith(changes: Partial<DocsOptions>): Promise<FastifyInstance> {
  app = fastify();
  await mountDocs(app, { ...options, ...changes });
  app.all("/*", (_request, reply) => reply.code(404).send("the gateway"));
  return app;
}

afterEach(() => app.close());

describe("the document", () => {
  it("is served as JSON and as YAML, each with its own entity tag", async () => {
    await appWith({});
    const json = await app.inject("/openapi.json");
    const yaml = await app.inject("/openapi.yaml");
    expect([json.statusCode, json.headers["content-type"], json.json()]).toEqual([
      200,
      "application/json; charset=utf-8",
      document,
    ]);
    expect([yaml.statusCode, yaml.headers["content-type"], yaml.body]).toEqual([
      200,
      "application/yaml; charset=utf-8",
      "openapi: 3.1.0\n",
    ]);
    expect(json.headers["etag"]).toMatch(/^"[\w-]{22}"$/);
    expect(yaml.headers["etag"]).not.toBe(json.headers["etag"]);
  });

  it.each([
    ["as it was sent", (tag: string) => tag, 304],
    ["weakened by a proxy", (tag: string) => `W/${tag}`, 304],
    ["among others", (tag: string) => `"other", ${tag}`, 304],
    ["any", () => "*", 304],
    ["of an older document", () => '"older"', 200],
  ])("answers a known tag (%s) by RFC 9110, 13.1.2", async (_name, known, status) => {
    await appWith({});
    const tag = String((await app.inject("/openapi.json")).headers["etag"]);
    const again = await app.inject({ url: "/openapi.json", headers: { "if-none-match": known(tag) } });
    expect([again.statusCode, again.headers["etag"], again.body === ""]).toEqual([status, tag, status === 304]);
  });

  it.each([
    ["/api/spec.yaml", "/api/spec.json", "/api/spec.yaml"],
    ["/api/spec.yml", "/api/spec.json", "/api/spec.yml"],
    ["/spec", "/spec", "/spec.yaml"],
  ])("at %s is JSON at %s and YAML at %s", async (path, json, yaml) => {
    await appWith({ path });
    expect((await app.inject(json)).headers["content-type"]).toBe("application/json; charset=utf-8");
    expect((await app.inject(yaml)).headers["content-type"]).toBe("application/yaml; charset=utf-8");
  });

  it("leaves other methods on its path to the gateway", async () => {
    await appWith({});
    expect((await app.inject({ url: "/openapi.json", method: "POST" })).body).toBe("the gateway");
  });
});

describe("the page", () => {
  it("loads nothing from anywhere else", async () => {
    await appWith({});
    const page = await app.inject("/docs/");
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(loaded.length).toBeGreaterThan(4);
    for (const url of loaded) {
      expect(url).toMatch(/^\.\/static\//);
      expect([url, (await app.inject(`/docs/${url}`)).statusCode]).toEqual([url, 200]);
    }
    expect(page.body).toContain("<title>Sample</title>");
  });

  it("says that it may run nothing but its own files", async () => {
    await appWith({});
    const policy = (await app.inject("/docs/")).headers["content-security-policy"];
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self' 'sha256-[^']+'; img-src 'self' data:;/,
    );
    expect(policy).not.toContain("unsafe");
  });

  it("reads the document that it was given", async () => {
    await appWith({});
    expect((await app.inject("/docs/json")).json()).toEqual(document);
  });
});

describe("a document that changes while it is served", () => {
  const other = {
    openapi: "3.1.0",
    info: { title: "<b>Other & more</b> porticoInterceptor" },
    paths: { "/v2/{path}": { get: { parameters: [{ name: "path", in: "path", "x-multi-segment": true }] } } },
  };
  const changed: Documentation = { document: other, print: (format) => `${format} of the other` };

  it("is another with another tag, on the page and in its script", async () => {
    let current = documentation;
    await appWith({ current: () => current });
    const tag = String((await app.inject("/openapi.json")).headers["etag"]);
    const script = (await app.inject("/docs/static/swagger-initializer.js")).body;
    current = changed;
    const again = await app.inject({ url: "/openapi.json", headers: { "if-none-match": tag } });
    expect([again.statusCode, again.body, again.headers["etag"] === tag]).toEqual([200, "json of the other", false]);
    expect((await app.inject("/openapi.yaml")).body).toBe("yaml of the other");
    expect((await app.inject("/docs/json")).json()).toEqual(other);
    expect((await app.inject("/docs/")).body).toContain(
      "<title>&#60;b&#62;Other &#38; more&#60;/b&#62; porticoInterceptor</title>",
    );
    const changedScript = (await app.inject("/docs/static/swagger-initializer.js")).body;
    expect([script, changedScript].map((text) => text.includes("/v2/"))).toEqual([false, true]);
    expect([script, changedScript].map((text) => text.includes("/v1/files/"))).toEqual([true, false]);
  });

  it("is printed once for as long as it stays the same", async () => {
    let printed = 0;
    const counted: Documentation = { document, print: () => String(++printed) };
    await appWith({ current: () => counted, ui: null });
    for (let i = 0; i < 3; i++) expect((await app.inject("/openapi.json")).body).toBe("1");
  });
});

interface PageRequest {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  userFetch?: (url: string, request: PageRequest) => Promise<Response>;
}

/** The page's function for requests, as the page would run it. */
async function interceptor(): Promise<(request: PageRequest) => PageRequest> {
  await appWith({});
  const script = (await app.inject("/docs/static/swagger-initializer.js")).body;
  const source = /"requestInterceptor":(\(request\) => \{[\s\S]*?\n {2}\})/.exec(script)?.[1];
  expect(source).toBeDefined();
  return new Function("request", `return (${source})(request)`) as (request: PageRequest) => PageRequest;
}

describe("a request from the page", () => {
  it.each([
    ["http://h/v1/files/a%2Fb%2fc", "http://h/v1/files/a/b/c"],
    ["http://h/v1/files/a%2Fb:copy?x=%2F", "http://h/v1/files/a/b:copy?x=%2F"],
    ["http://h/v1/users/a%2Fb", "http://h/v1/users/a%2Fb"],
    ["http://h/v1/other?file=a%2Fb", "http://h/v1/other?file=a%2Fb"],
  ])("%s is sent as %s", async (url, sent) => {
    const intercept = await interceptor();
    expect(intercept({ url, method: "GET" })).toEqual({ url: sent, method: "GET" });
  });
});

describe("a stream that has no end, from the page", () => {
  let server: Server;
  let url: string;
  let accepted: string | undefined;
  /** Whether the page has ended the request. */
  let ended: Promise<void>;

  beforeEach(async () => {
    ended = new Promise((resolve) => {
      server = createServer((request, response) => {
        accepted = request.headers.accept;
        const events = accepted === "text/event-stream";
        response.writeHead(200, { "content-type": events ? "text/event-stream" : "application/x-ndjson" });
        for (let i = 0; i < 25; i++) response.write(events ? `data: ${i}\n\n` : `${i}\n`);
        response.on("close", () => resolve());
      });
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/users:watch`;
  });
  afterEach(() => server.close());

  it.each([
    ["application/json", "application/x-ndjson", "application/json", `[${Array.from({ length: 20 }, (_, i) => i)}]`],
    ["application/x-ndjson", "application/x-ndjson", "application/x-ndjson", lines((i) => `${i}\n`)],
    ["text/event-stream", "text/event-stream", "text/event-stream", lines((i) => `data: ${i}\n\n`)],
  ])("ends after twenty messages: %s", async (accept, sent, type, body) => {
    const request = (await interceptor())({ url, method: "GET", headers: { accept } });
    const response = await request.userFetch?.(url, request);
    expect([response?.status, response?.headers.get("content-type"), await response?.text()]).toEqual([
      200,
      type,
      body,
    ]);
    expect(accepted).toBe(sent);
    await ended;
  });
});

function lines(line: (i: number) => string): string {
  return Array.from({ length: 20 }, (_, i) => line(i)).join("");
}

describe("what is off", () => {
  it.each([
    ["the document", { path: null }, ["/openapi.json", "/openapi.yaml"]],
    ["the page", { ui: null }, ["/docs", "/docs/", "/docs/json", "/docs/static/swagger-ui.css"]],
  ])("%s leaves no trace", async (_name, changes, urls) => {
    await appWith(changes);
    for (const url of urls) expect([url, (await app.inject(url)).body]).toEqual([url, "the gateway"]);
  });
});
