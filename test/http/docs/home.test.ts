import { type FastifyInstance, fastify } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { createHome, type DocsOptions, type PlainDocument, type UpstreamHealth } from "../../../src/http/index.js";

const hostile = `<script>alert("x")</script>'&`;

const document = {
  openapi: "3.1.0",
  info: { title: "Sample", version: "v1", description: "One `code` of two.\n\nThe rest." },
  tags: [{ name: "Users", description: "About users." }, { name: "Empty" }],
  paths: {
    "/v1/users": {
      get: { tags: ["Users"], operationId: "List", summary: "Lists", deprecated: true },
      post: {
        tags: ["Users"],
        operationId: "Watch",
        responses: { "200": { content: { "text/event-stream": {} } } },
      },
    },
    "/v1/other": { get: { summary: hostile } },
  },
};

const options: DocsOptions = {
  documents: documentsOf(document),
  path: "/openapi.json",
  ui: "/docs",
  home: "/",
  healthOf: () => ({ name: "users", state: "ready" }),
};

function documentsOf(of: PlainDocument): DocsOptions["documents"] {
  const documents = {
    services: [{ fullName: "users.v1.Users", tag: "Users" }],
    parts: ["users.v1.Users"],
    document: () => of,
    print: () => "",
  };
  return () => documents;
}

let app: FastifyInstance;
afterEach(() => app.close());

async function homeWith(changes: Partial<DocsOptions>, prefix = ""): Promise<string> {
  app = fastify();
  app.get("/", createHome({ ...options, ...changes }, prefix));
  return (await app.inject("/")).body;
}

/** What a page has between its tags, in order. */
function textsOf(html: string): readonly string[] {
  const body = html.slice(html.indexOf("<body>")).split(/<[^>]*>/);
  return body.map((text) => text.trim()).filter((text) => text !== "");
}

describe("the page to start from", () => {
  it("tells services, routes and upstreams", async () => {
    expect(textsOf(await homeWith({}))).toEqual([
      ...["Sample", "v1", "One", "code", "of two."],
      ...["Try it", "OpenAPI (JSON)", "YAML", "OpenAPI 3.0"],
      ...["Users", "2 routes", "users", "ready", "About users.", "users.v1.Users", "document"],
      ...["GET", "/v1/users", "Lists", "deprecated", "POST", "/v1/users", "stream"],
      ...["Other", "1 route", "GET", "/v1/other", "&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;&#39;&#38;"],
      "3 routes of 2 services. Served by Portico.",
    ]);
  });

  it("links to what is there, under the prefix", async () => {
    const linksOf = (html: string) => [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map((match) => match[1]);
    const all = linksOf(await homeWith({}, "/api"));
    expect(all).toEqual([
      "/api/docs/",
      "/api/openapi.json",
      "/api/openapi.yaml",
      "/api/openapi.yaml?version=3.0",
      "/api/openapi.json?service=users.v1.Users",
      "/api/docs/#/Users/List",
      "/api/docs/#/Users/Watch",
    ]);
    await app.close();
    expect(linksOf(await homeWith({ ui: null, path: null }))).toEqual([]);
  });

  it("runs nothing, loads nothing, and says so", async () => {
    const html = await homeWith({});
    const { headers } = await app.inject("/");
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'$/,
    );
    expect(html).not.toMatch(/<script| style=| on\w+=/);
  });

  it("is another once an upstream is in another state, with another tag", async () => {
    let state: UpstreamHealth["state"] = "connecting";
    await homeWith({ healthOf: () => ({ name: "users", state }) });
    const tag = String((await app.inject("/")).headers["etag"]);
    const same = await app.inject({ url: "/", headers: { "if-none-match": tag } });
    state = "failing";
    const other = await app.inject({ url: "/", headers: { "if-none-match": tag } });
    expect([same.statusCode, other.statusCode, textsOf(other.body).includes("failing")]).toEqual([304, 200, true]);
  });

  it("is another once what is served is another", async () => {
    let current = documentsOf(document)();
    await homeWith({ documents: () => current });
    current = documentsOf({ ...document, info: { title: "Later" } })();
    expect(textsOf((await app.inject("/")).body)[0]).toBe("Later");
  });

  it("is waited for where its document takes a while to make, and 500 where it cannot be", async () => {
    const now = documentsOf(document)();
    expect(textsOf(await homeWith({ documents: async () => now }))[0]).toBe("Sample");
    await app.close();
    await homeWith({ documents: () => Promise.reject(new Error("no document")) });
    expect((await app.inject("/")).statusCode).toBe(500);
  });

  it.each<[string, PlainDocument]>([
    ["nothing", {}],
    ["members of other kinds", { info: [], tags: {}, paths: { "/a": [], "/b": { get: 1 } } }],
  ])("can be made of a document with %s, for an overlay may leave any", async (_name, odd) => {
    const html = await homeWith({ documents: documentsOf(odd) });
    expect(textsOf(html)[0]).toBe("API");
  });
});
