import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { explain } from "../../src/app/explain.js";
import { resolveConfig } from "../../src/app/index.js";
import { loadRoutes } from "../../src/app/routes/index.js";
import { projectRoot } from "../support/project-root.js";
import { stageConfig } from "./support/use-stage.js";

const config = resolveConfig(stageConfig("127.0.0.1:1", "http2"), projectRoot);

describe("what would become of a request", () => {
  it.each(["/p/string/é€🐙", "/p/string/%C3%A9%E2%82%AC%F0%9F%90%99"])("%s is read as UTF-8", async (target) => {
    const explanation = await explain(config, { method: "GET", target, headers: [], body: null });
    expect(explanation).toMatchObject({
      kind: "call",
      captures: [{ field: "string_value", value: "é€🐙" }],
      message: '{"stringValue":"é€🐙"}',
    });
  });

  it("/q?string_value=é€🐙 as well", async () => {
    const target = "/q?string_value=é€🐙";
    const explanation = await explain(config, { method: "GET", target, headers: [], body: null });
    expect(explanation).toMatchObject({ kind: "call", message: '{"stringValue":"é€🐙"}' });
  });
});

describe("a rule of a kind that no server can receive", () => {
  it("is a warning that names it", () => {
    const rule = { selector: "portico.e2e.v1.Calls.Get", custom: { kind: "FROB", path: "/frob" } };
    const rules = { ...config, schema: { ...config.schema, rules: [writeRules(rule)] } };
    expect(loadRoutes(rules).warnings.map(({ subject, message }) => ({ subject, message }))).toContainEqual({
      subject: "portico.e2e.v1.Calls.Get",
      message: 'the server cannot receive the method "FROB" of /frob: no request reaches this rule',
    });
  });
});

function writeRules(rule: object): string {
  const file = join(mkdtempSync(join(tmpdir(), "portico-e2e-")), "rules.yaml");
  writeFileSync(file, JSON.stringify({ type: "google.api.Service", config_version: 3, http: { rules: [rule] } }));
  return file;
}
