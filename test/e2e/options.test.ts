import { describe, expect, it } from "vitest";
import { statusBody, useStage } from "./support/use-stage.js";

describe("requests.*, strict", () => {
  const stage = useStage({ requests: { contentTypes: "strict", collisions: "reject", inferFieldMask: false } });
  const method = "portico.e2e.v1.Bodies/Set";

  it.each([undefined, "application/x-www-form-urlencoded"])("a JSON body under %s is refused", async (type) => {
    const headers = type === undefined ? {} : { "Content-Type": type };
    const { status, body } = await stage.ask({ method: "POST", path: "/b", headers, body: "{}" });
    const got = type === undefined ? "none" : `"${type}"`;
    const why = `cannot read the body: expected content type application/json, got ${got}`;
    expect({ status, body }).toEqual({ status: 415, body: statusBody(3, why, "GW_CONTENT_TYPE") });
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  const json = { "Content-Type": "application/json" };
  it.each<[path: string, body: string, message: unknown]>([
    ["/b/5", '{"int32Value":5}', { int32Value: 5 }],
    ["/b/5", "{}", { int32Value: 5 }],
    // The zero of a field without presence is the same as none.
    ["/b/5", '{"int32Value":0}', { int32Value: 5 }],
    ["/b/nested/a", '{"note":{"reply":{"text":"a","weight":1}}}', { note: { reply: { text: "a", weight: 1 } } }],
    ["/b/note/a", '{"reply":{"text":"a"}}', { note: { reply: { text: "a" } } }],
  ])("PUT %s with the same value in the body goes through: %s", async (path, body, message) => {
    expect((await stage.ask({ method: "PUT", path, headers: json, body })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method, message }]);
  });

  it.each<[path: string, body: string, field: string]>([
    ["/b/5", '{"int32Value":7}', "int32_value"],
    ["/b/0", '{"int32Value":7}', "int32_value"],
    ["/b/nested/a", '{"note":{"reply":{"text":"b","weight":1}}}', "note.reply.text"],
    ["/b/note/a", '{"reply":{"text":"b"}}', "note.reply.text"],
  ])("PUT %s with another value in the body is refused: %s", async (path, body, field) => {
    const answer = await stage.ask({ method: "PUT", path, headers: json, body });
    const why = "the path and the body give different values";
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 400,
      body: statusBody(3, `cannot set field ${field}: ${why}`, "GW_FIELD_COLLISION", { field, description: why }),
    });
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it("no mask is inferred", async () => {
    await stage.ask({ method: "PATCH", path: "/m/a", headers: json, body: '{"int32Value":1}' });
    expect(stage.saw()).toEqual([
      { method: "portico.e2e.v1.Masks/Patch", message: { name: "a", item: { int32Value: 1 } } },
    ]);
  });
});

describe("requests.*, lenient", () => {
  const stage = useStage({
    requests: {
      unknownQuery: "ignore",
      unknownFields: "ignore",
      unexpectedBody: "ignore",
      ignoredQuery: ["access_token"],
      formFallback: true,
      pathDecoding: "all",
    },
    server: { ignoreTrailingSlash: true },
  });
  const bodies = "portico.e2e.v1.Bodies/Set";
  const queries = "portico.e2e.v1.Queries/Get";

  it.each<[request: string, body: string, message: unknown]>([
    ["POST /b", '{"nobody":{"knows":[1]},"int32Value":1}', { int32Value: 1 }],
    ["POST /b/none?nobody=1&int32_value=2", "anything", { int32Value: 2 }],
    ["DELETE /b/none/a", "anything", { stringValue: "a" }],
    ["DELETE /b/none/a/", "", { stringValue: "a" }],
  ])("%s with %s", async (request, body, message) => {
    const [httpMethod = "", path = ""] = request.split(" ");
    expect((await stage.ask({ method: httpMethod, path, body })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method: bodies, message }]);
  });

  it.each<[path: string, message: unknown]>([
    ["/q?nobody=%7B&access_token=x&int32_value=2", { int32Value: 2 }],
    ["/q/held/a?note.text=b", { note: { text: "a" } }],
  ])("%s", async (path, message) => {
    expect((await stage.ask({ path })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method: queries, message }]);
  });

  it("a value that does not fit its field is refused all the same", async () => {
    expect((await stage.ask({ path: "/q?int32_value=x" })).status).toBe(400);
    expect((await stage.ask({ method: "POST", path: "/b", body: '{"color":"PINK"}' })).status).toBe(400);
    expect(await stage.sawAfterAll()).toEqual([]);
  });

  it("a form that is posted to a path with a GET rule is its query", async () => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    const { status } = await stage.ask({
      method: "POST",
      path: "/q?int32_value=1",
      headers,
      body: "string_value=a+b%26é&repeated_string=1&repeated_string=2",
    });
    expect(status).toBe(200);
    expect(stage.saw()).toEqual([
      { method: queries, message: { int32Value: 1, stringValue: "a b&é", repeatedString: ["1", "2"] } },
    ]);
  });

  it("pathDecoding all decodes %2F in variables of several segments", async () => {
    await stage.ask({ path: "/p/many/a%2Fb/c" });
    expect(stage.saw()).toEqual([{ method: "portico.e2e.v1.Paths/Get", message: { stringValue: "a/b/c" } }]);
  });
});
