import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../../src/app/cli/main.js";
import { createProgram } from "../../src/app/create-program.js";
import { projectRoot } from "../support/project-root.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "portico-openapi-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const config = path.join(projectRoot, "gateway.config.yaml");
const kept = path.join(projectRoot, "openapi/openapi.yaml");

async function openapi(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  let stdout = "";
  let stderr = "";
  const io = {
    stdout: (text: string) => {
      stdout += text;
    },
    stderr: (text: string) => {
      stderr += text;
    },
    environment: {},
    process,
    logDestination: () => ({ write: () => undefined }),
  };
  const code = await run(["openapi", "-c", config, ...args], io, createProgram());
  return { code, stdout, stderr };
}

test("help teaches openapi", async () => {
  await expect((await openapi("--help")).stdout).toMatchFileSnapshot("golden/help-openapi.txt");
});

test("prints the document that is kept, as YAML and as JSON", async () => {
  const yaml = await openapi();
  expect(yaml).toEqual({ code: 0, stdout: readFileSync(kept, "utf8"), stderr: "" });
  const json = await openapi("--format", "json");
  expect(JSON.parse(json.stdout)).toEqual(parse(yaml.stdout));
});

test("writes a file in the format that its name ends in, and says so", async () => {
  const out = path.join(folder, "written.json");
  expect(await openapi("--out", out)).toEqual({ code: 0, stdout: `wrote ${out}: 35 paths\n`, stderr: "" });
  expect(JSON.parse(readFileSync(out, "utf8")).openapi).toBe("3.1.0");
});

test("prints OpenAPI 3.0 for tools that read no other", async () => {
  const { code, stdout } = await openapi("--openapi-version", "3.0");
  expect([code, parse(stdout).openapi]).toEqual([0, "3.0.3"]);
});

test("keeps to the services that are named", async () => {
  const { stdout } = await openapi(
    "--service",
    "portico.examples.v1.Chat*",
    "--service",
    "portico.examples.v1.EchoService",
  );
  expect(parse(stdout).tags.map(({ name }: { name: string }) => name)).toEqual(["ChatService", "EchoService"]);
});

test("lays overlays over it, whose changes count for what breaks clients", async () => {
  const overlay = path.join(folder, "public.overlay.yaml");
  const actions = [
    "  - target: $.info\n    update: { title: Users and more }\n",
    "  - target: $.paths[?@.post].post\n    remove: true\n",
  ].join("");
  writeFileSync(overlay, `overlay: 1.0.0\ninfo: { title: Public, version: 1.0.0 }\nactions:\n${actions}`);
  const { code, stdout } = await openapi("--overlay", overlay);
  const { info, paths } = parse(stdout);
  expect([code, info.title, Object.values(paths).filter((item) => "post" in (item as object))]).toEqual([
    0,
    "Users and more",
    [],
  ]);
  const against = await openapi("--overlay", overlay, "--against", kept);
  expect(against.code).toBe(1);
  expect(against.stderr).toMatch(/^POST \/v1\/rooms\/\{room\}:join: the operation is gone\n/);
});

test("an overlay that is none, or does not fit the document, is refused with its place", async () => {
  const overlay = path.join(folder, "wrong.yaml");
  const text = "overlay: 1.0.0\ninfo: { title: Wrong, version: 1.0.0 }\nactions:\n";
  writeFileSync(overlay, `${text}  - target: $.info[\n`);
  expect(await openapi("--overlay", overlay)).toEqual({
    code: 1,
    stdout: "",
    stderr: `${overlay}:4:20: actions[0].target: cannot read the JSONPath "$.info[": unclosed bracketed selection\n`,
  });
  writeFileSync(overlay, `${text}  - target: $.info.title\n    update: T\n`);
  expect((await openapi("--overlay", overlay)).stderr).toBe(
    `${overlay}:4:5: actions[0]: cannot apply the action: the target is a plain value; select the object that it stands in, and update that\n`,
  );
  expect((await openapi("--overlay", "/nowhere.yaml")).stderr).toMatch(
    /^\/nowhere\.yaml: cannot read the overlay: ENOENT/,
  );
});

test("lists what would break clients of an older document, writes nothing and ends with 1", async () => {
  const older = path.join(folder, "older.yaml");
  const text = readFileSync(kept, "utf8").replaceAll("/v1/metrics/{metric}:", "/v1/gauges/{metric}:");
  writeFileSync(older, text.replace("name: pageSize", "name: size"));
  const out = path.join(folder, "not-written.yaml");
  expect(await openapi("--against", older, "--out", out)).toEqual({
    code: 1,
    stdout: "",
    stderr: [
      "GET /v1/rooms/{room}/messages: query parameter size is gone",
      "GET /v1/gauges/{metric}: the operation is gone",
      "2 changes would break clients\n",
    ].join("\n"),
  });
  expect(() => readFileSync(out)).toThrow("ENOENT");
});

test("a document does not break itself", async () => {
  expect((await openapi("--against", kept)).code).toBe(0);
});

test.each([
  [["--against", "/nowhere.yaml"], 1, /^\/nowhere\.yaml: cannot read the document: ENOENT/],
  [["--against", config], 1, /gateway\.config\.yaml: cannot read the document: it is no OpenAPI 3 document\n$/],
  [["--out", "/nowhere/openapi.yaml"], 1, /^\/nowhere\/openapi\.yaml: cannot write the document: ENOENT/],
  [["--openapi-version", "2"], 2, /^portico: option --openapi-version takes 3\.1 or 3\.0, got "2"\n/],
  [["--format", "xml"], 2, /^portico: option --format takes json or yaml, got "xml"\n/],
  [
    ["--service", "portico.examples.v1.ChatServce"],
    2,
    /^portico: option --service: nothing is served of "portico\.examples\.v1\.ChatServce", did you mean portico\.examples\.v1\.ChatService\?\n/,
  ],
])("portico openapi %j is refused", async (args, code, says) => {
  const outcome = await openapi(...args);
  expect([outcome.code, outcome.stdout]).toEqual([code, ""]);
  expect(outcome.stderr).toMatch(says);
});
