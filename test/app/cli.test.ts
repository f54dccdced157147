import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../src/app/cli/main.js";
import { createProgram } from "../../src/app/create-program.js";
import type { Program } from "../../src/app/program.js";

/** What a command line gives. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function portico(args: readonly string[], program: Program = createProgram()): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const code = await run(
    args,
    {
      stdout: (text) => {
        stdout += text;
      },
      stderr: (text) => {
        stderr += text;
      },
      environment: {},
      process,
      logDestination: () => ({ write: () => undefined }),
    },
    program,
  );
  return { code, stdout, stderr };
}

const see = (command: string) => `See ${["portico", command, "--help"].filter(Boolean).join(" ")}.\n`;

describe("a command line that cannot be read", () => {
  test.each([
    { args: ["serv"], says: 'unknown command "serv", did you mean "serve"?', of: "" },
    { args: ["frobnicate"], says: 'unknown command "frobnicate"', of: "" },
    { args: ["--config", "x"], says: 'unknown option "--config"; options stand after the command', of: "" },
    { args: ["serve", "--confg", "x"], says: 'unknown option "--confg", did you mean --config?', of: "serve" },
    { args: ["routes", "-x"], says: 'unknown option "-x"', of: "routes" },
    { args: ["routes", "--json=yes"], says: "option --json takes no value", of: "routes" },
    { args: ["check", "-c"], says: "option -c needs a value: -c FILE", of: "check" },
    {
      args: ["explain", "--body", "--header", "a: b"],
      says: "option --body needs a value: --body JSON",
      of: "explain",
    },
    { args: ["check", "-c", "a", "--config", "b"], says: "option --config is given twice", of: "check" },
    { args: ["check", "extra"], says: 'unexpected argument "extra"', of: "check" },
    { args: ["explain"], says: "METHOD is missing", of: "explain" },
    { args: ["explain", "GET"], says: "PATH is missing", of: "explain" },
    {
      args: ["explain", "GET", "/", "-H", "nocolon"],
      says: `option --header needs 'NAME: VALUE', got "nocolon"`,
      of: "explain",
    },
    { args: ["demo", "--port", "1"], says: 'unknown option "--port"', of: "demo" },
  ])("portico $args", async ({ args, says, of }) => {
    expect(await portico(args)).toEqual({ code: 2, stdout: "", stderr: `portico: ${says}\n${see(of)}` });
  });
});

describe("help", () => {
  test.each([["serve"], ["demo"], ["check"], ["routes"], ["explain"]])("teaches %s", async (command) => {
    const { code, stdout, stderr } = await portico([command, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot(`golden/help-${command}.txt`);
    expect(await portico(["help", command])).toEqual({ code, stdout, stderr });
    expect(await portico([command, "--nonsense", "-h"])).toEqual({ code, stdout, stderr });
  });

  test("lists the commands", async () => {
    const { code, stdout, stderr } = await portico(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot("golden/help.txt");
    expect(await portico([])).toEqual({ code: 2, stdout: "", stderr: stdout });
  });

  test("tells the version", async () => {
    expect(await portico(["--version"])).toEqual({ code: 0, stdout: "portico 0.1.0\n", stderr: "" });
  });
});

const proto = `syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";
import "google/protobuf/field_mask.proto";

service Users {
  rpc GetUser(GetUserRequest) returns (User) {
    option (google.api.http) = { get: "/v1/{name=users/*}" };
  }
  rpc UpdateUser(UpdateUserRequest) returns (User) {
    option (google.api.http) = { patch: "/v1/{user.name=users/*}" body: "user" };
  }
}

service Audit {
  rpc Read(GetUserRequest) returns (User) {
    option (google.api.http) = { get: "/v1/audit" additional_bindings { get: "/v1/audit/{name}" } };
  }
}

message User { string name = 1; int32 age = 2; }
message GetUserRequest { string name = 1; }
message UpdateUserRequest { User user = 1; google.protobuf.FieldMask update_mask = 2; }
`;

describe("over a configuration", () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-cli-"));
  const home = process.cwd();
  const files = {
    "gateway.config.yaml": `schema: { protos: { roots: [proto], files: ["proto/**/*.proto"] } }
upstreams:
  users: { target: "localhost:50051", services: [shop.v1.Users], deadline: 5s }
  audit: { target: "localhost:50052" }
`,
    "unclaimed.yaml": `schema: { protos: { roots: [proto], files: ["proto/**/*.proto"] } }
upstreams: { users: { target: "localhost:50051", services: [shop.v1.Users] } }
`,
    "faults.yaml": "server: { prt: 1 }\nupstreams: { users: {} }\n",
    "wrong.yaml": `schema: { protos: { roots: [wrong], files: ["wrong/*.proto"] } }
upstreams: { users: { target: "localhost:50051" } }
`,
    "both.yaml": `schema: { protos: { roots: [wrong], files: ["wrong/syntax.txt"] }, rules: [rules.yaml] }
openapi: { overlay: [wrong/path.yaml] }
`,
    "unfit.yaml": `schema: { protos: { roots: [proto], files: ["proto/**/*.proto"] } }
upstreams: { users: { target: "localhost:50051" } }
openapi: { overlay: [wrong/unfit.yaml] }
`,
    "wrong/path.yaml": "overlay: 1.0.0\ninfo: { title: o, version: '1' }\nactions:\n  - target: $.paths[\n",
    "wrong/unfit.yaml":
      "overlay: 1.0.0\ninfo: { title: o, version: '1' }\nactions:\n  - { target: $.info.title, update: x }\n",
    "wrong/syntax.txt": 'syntax = "proto3";\nmessage {}\n',
    "rules.yaml": "http:\n  rulez: []\n",
    "proto/shop/v1/users.proto": proto,
    "wrong/rules.proto": proto
      .replace("{name=users/*}", "{nam=users/*}")
      .replace("{user.name=users/*}", "{user.name=users/*"),
  };

  beforeAll(() => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  test("check counts what is served", async () => {
    expect(await portico(["check"])).toEqual({
      code: 0,
      stdout: "ok: 4 routes of 3 methods, 2 services\n",
      stderr: "",
    });
  });

  test("check warns of services that no upstream claims", async () => {
    expect(await portico(["check", "-c", "unclaimed.yaml"])).toEqual({
      code: 0,
      stdout: "ok: 2 routes of 2 methods, 1 service\n",
      stderr:
        "warning: shop/v1/users.proto:15:1: shop.v1.Audit: has HTTP rules, but no upstream claims it: it is not served\n",
    });
  });

  test.each(["check", "routes", "serve"])("%s says every fault of the configuration, one a line", async (command) => {
    expect(await portico([command, "--config=faults.yaml"])).toEqual({
      code: 1,
      stdout: "",
      stderr: [
        'faults.yaml:1:11: server.prt: unknown key, did you mean "port"?',
        'faults.yaml:2:14: upstreams.users: key "target" is missing: expected a gRPC target with its port, such as "localhost:50051", "dns:///users.internal:50051" or "unix:/run/users.sock"',
        "",
      ].join("\n"),
    });
  });

  test.each(["check", "routes", "serve"])("%s says every fault of the rules, one a line", async (command) => {
    const { code, stdout, stderr } = await portico([command, "--config=wrong.yaml"]);
    expect([code, stdout]).toEqual([1, ""]);
    await expect(stderr).toMatchFileSnapshot("golden/rule-faults.txt");
  });

  test("check says which change of the document cannot be made", async () => {
    expect(await portico(["check", "-c", "unfit.yaml"])).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "wrong/unfit.yaml:4:5: actions[0]: cannot apply the action: the target is a plain value; select the object that it stands in, and update that\n",
    });
  });

  test("check says the faults of protos, of rule files and of overlays together", async () => {
    const { code, stderr } = await portico(["check", "-c", "both.yaml"]);
    expect([code, stderr.split("\n")]).toEqual([
      1,
      [
        'wrong/syntax.txt:2:9: expected the name of a message, got "{"',
        'rules.yaml:2:3: cannot read http: unknown key "rulez"; did you mean "rules"?',
        'wrong/path.yaml:4:21: actions[0].target: cannot read the JSONPath "$.paths[": unclosed bracketed selection',
        "",
      ],
    ]);
  });

  test("a configuration that is not there is told by every command", async () => {
    expect(await portico(["routes", "-c", "nope.yaml"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "nope.yaml: cannot read the configuration: the file does not exist\n",
    });
  });

  test("routes are listed as a table", async () => {
    const { code, stdout, stderr } = await portico(["routes"]);
    expect([code, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot("golden/routes.txt");
  });

  test("routes are listed as JSON", async () => {
    const { code, stdout, stderr } = await portico(["routes", "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    await expect(stdout).toMatchFileSnapshot("golden/routes.json");
  });

  test.each([
    { name: "captures", args: ["GET", "/v1/users/a%20b"], code: 0 },
    {
      name: "body and headers",
      args: ["patch", "/v1/users/ada", "-d", '{"age": 37}', "-H", "Grpc-Timeout: 2S", "-H", "authorization: Bearer x"],
      code: 0,
    },
    { name: "refused", args: ["PATCH", "/v1/users/ada", "-d", '{"age": "old"}'], code: 1 },
    { name: "method", args: ["DELETE", "/v1/users/ada"], code: 1 },
    { name: "none", args: ["GET", "/v1/usrs/ada"], code: 1 },
    { name: "malformed path", args: ["GET", "/v1/users/%zz"], code: 1 },
  ])("explain tells $name", async ({ name, args, code }) => {
    const outcome = await portico(["explain", ...args]);
    expect([outcome.code, outcome.stderr]).toEqual([code, ""]);
    await expect(outcome.stdout).toMatchFileSnapshot(`golden/explain-${name.replaceAll(" ", "-")}.txt`);
  });

  test("explain takes the body from a file, and says when it is not there", async () => {
    writeFileSync(join(folder, "body.json"), '{"age": 37}');
    const fromFile = await portico(["explain", "PATCH", "/v1/users/ada", "--body", "@body.json"]);
    expect(fromFile).toEqual(await portico(["explain", "PATCH", "/v1/users/ada", "--body", '{"age": 37}']));
    expect(await portico(["explain", "PATCH", "/v1/users/ada", "--body", "@nope.json"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "nope.json: cannot read the body: ENOENT: no such file or directory, open 'nope.json'\n",
    });
  });
});
