import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type FastifyInstance, fastify } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DocsOptions, type Documents, mountDocs, type PlainDocument } from "../../../src/http/index.js";

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

/** Two services of two packages, each with a document of its own. */
function documentsOf(of: PlainDocument): Documents {
  return {
    services: [
      { fullName: "files.v1.Files", tag: "Files" },
      { fullName: "users.v1.Users", tag: "Users" },
    ],
    parts: ["files.v1.*", "users.v1.*", "files.v1.Files", "users.v1.Users"],
    document: (part) => (part === null ? of : { ...of, info: { title: part } }),
    print: ({ part, version, format }) =>
      format === "json" && part === null && version === "3.1" ? JSON.stringify(of) : `${part} ${version} ${format}\n`,
  };
}

const sample = documentsOf(document);

const options: DocsOptions = {
  documents: () => sample,
  path: "/openapi.json",
  ui: "/docs",
  home: "/",
  healthOf: () => null,
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
      "null 3.1 yaml\n",
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
  });

  it("is as wide as the reader's screen", async () => {
    await appWith({});
    expect((await app.inject("/docs/")).body).toContain('content="width=device-width, initial-scale=1"');
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

describe("a part of the document, and another version", () => {
  it.each([
    ["/openapi.json?service=users.v1.Users", "users.v1.Users 3.1 json\n"],
    ["/openapi.yaml?service=files.v1.*", "files.v1.* 3.1 yaml\n"],
    ["/openapi.json?service=files.v1.%2A&version=3.0", "files.v1.* 3.0 json\n"],
    ["/openapi.yaml?version=3.0", "null 3.0 yaml\n"],
    ["/openapi.yaml?version=3.1&utm_source=x", "null 3.1 yaml\n"],
  ])("%s", async (url, body) => {
    await appWith({});
    const reply = await app.inject(url);
    expect([reply.statusCode, reply.body]).toEqual([200, body]);
  });

  it.each([
    ["/openapi.json?service=users.v1", 404, { error: "no service and no package of that name is documented" }],
    ["/openapi.json?service=", 404, { error: "no service and no package of that name is documented" }],
    ["/openapi.yaml?version=2.0", 400, { error: "cannot read the query: version is 3.1 or 3.0" }],
  ])("%s is refused", async (url, status, error) => {
    await appWith({});
    const reply = await app.inject(url);
    expect([reply.statusCode, reply.json()]).toEqual([status, error]);
  });

  it("is all where there is one service", async () => {
    const services = [{ fullName: "users.v1.Users", tag: "Users" }];
    await appWith({ documents: madeOnce({ ...sample, parts: [], services }) });
    for (const name of ["users.v1.Users", "users.v1.*"]) {
      expect((await app.inject(`/openapi.yaml?service=${name}`)).body).toBe("null 3.1 yaml\n");
    }
    expect((await app.inject("/openapi.yaml?service=users.v1.Other")).statusCode).toBe(404);
  });

  it("is offered by the page, after that of all", async () => {
    await appWith({});
    expect((await app.inject("/docs/config.json")).json()).toEqual({
      urls: [
        { name: "All services", url: "/openapi.json" },
        { name: "files.v1.*", url: "/openapi.json?service=files.v1.*" },
        { name: "users.v1.*", url: "/openapi.json?service=users.v1.*" },
        { name: "files.v1.Files", url: "/openapi.json?service=files.v1.Files" },
        { name: "users.v1.Users", url: "/openapi.json?service=users.v1.Users" },
      ],
    });
  });

  it("is read from the page's own place where the document is served nowhere else", async () => {
    await appWith({ path: null });
    const { urls } = (await app.inject("/docs/config.json")).json();
    expect(urls[1]).toEqual({ name: "files.v1.*", url: "/docs/json?service=files.v1.*" });
    expect((await app.inject(urls[1].url)).json().info).toEqual({ title: "files.v1.*" });
    await app.close();
    await appWith({ path: null, documents: madeOnce({ ...sample, parts: [] }) });
    expect((await app.inject("/docs/config.json")).json()).toEqual({ url: "/docs/json" });
  });
});

function madeOnce(documents: Documents): () => Documents {
  return () => documents;
}

describe("a document that changes while it is served", () => {
  const other = { openapi: "3.1.0", info: { title: "Other" }, paths: {} };

  it("is another with another tag, and another on the page", async () => {
    let current = sample;
    await appWith({ documents: () => current });
    const tag = String((await app.inject("/openapi.json")).headers["etag"]);
    current = { ...documentsOf(other), parts: [] };
    const again = await app.inject({ url: "/openapi.json", headers: { "if-none-match": tag } });
    expect([again.statusCode, again.json(), again.headers["etag"] === tag]).toEqual([200, other, false]);
    expect((await app.inject("/docs/json")).json()).toEqual(other);
    expect((await app.inject("/docs/config.json")).json()).toEqual({ url: "/openapi.json" });
  });

  it("is waited for where it takes a while to make, and the page with it, while other requests are answered", async () => {
    let made = (_documents: Documents): void => undefined;
    const documents = new Promise<Documents>((resolve) => {
      made = resolve;
    });
    let printed = 0;
    const print = async (): Promise<string> => String(++printed);
    await appWith({ documents: () => documents });
    const urls = ["/openapi.json", "/openapi.json", "/docs/json", "/docs/config.json"];
    const asked = urls.map((url) => app.inject(url));
    expect((await app.inject("/other")).body).toBe("the gateway");
    made({ ...sample, print });
    const [first, second, page, config] = await Promise.all(asked);
    expect([first?.body, second?.body, page?.json(), config?.json().urls.length]).toEqual(["1", "1", document, 5]);
  });

  it("is 500 where it cannot be made", async () => {
    await appWith({ documents: () => Promise.reject(new Error("no document")) });
    for (const url of ["/openapi.json", "/docs/json"]) expect((await app.inject(url)).statusCode).toBe(500);
  });

  it("is printed once for as long as it stays the same", async () => {
    let printed = 0;
    await appWith({ documents: madeOnce({ ...sample, print: () => String(++printed) }), ui: null });
    for (let i = 0; i < 3; i++) expect((await app.inject("/openapi.json")).body).toBe("1");
  });
});

interface PageRequest {
  url: string;
  loadSpec?: boolean;
  method?: string;
  headers?: Record<string, string>;
  userFetch?: (url: string, request: PageRequest) => Promise<Response>;
}

/** The page's functions as its script has them. */
async function pageFunctions(): Promise<Readonly<Record<"requestInterceptor" | "responseInterceptor", string>>> {
  await appWith({});
  const script = (await app.inject("/docs/static/swagger-initializer.js")).body;
  const sourceOf = (name: string): string => {
    const source = new RegExp(`"${name}":(\\((?:request|response)\\) => \\{[\\s\\S]*?\\n {2}\\})`).exec(script)?.[1];
    if (source === undefined) throw new Error(`the page has no ${name}`);
    return source;
  };
  return {
    requestInterceptor: sourceOf("requestInterceptor"),
    responseInterceptor: sourceOf("responseInterceptor"),
  };
}

/** The page's function for requests, as the page runs it once it has read its document. */
async function interceptor(): Promise<(request: PageRequest) => PageRequest> {
  const { requestInterceptor, responseInterceptor } = await pageFunctions();
  const window = { document: { title: "" }, location: { origin: "http://h", pathname: "/docs" } };
  new Function("window", "response", `(${responseInterceptor})(response)`)(window, { obj: document });
  expect(window.document.title).toBe("Sample");
  const run = new Function("window", "request", `return (${requestInterceptor})(request)`);
  return (request) => run(window, request);
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

it.each([
  ["./config.json", "http://h/docs/config.json"],
  ["/openapi.json?service=a.*", "http://h/openapi.json?service=a.*"],
])("what the page itself loads from %s is relative to the page: %s", async (url, loaded) => {
  const intercept = await interceptor();
  expect(intercept({ url, loadSpec: true }).url).toBe(loaded);
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
