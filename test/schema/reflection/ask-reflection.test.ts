import { afterEach, describe, expect, it } from "vitest";
import {
  askReflection,
  describeSchema,
  firstDifference,
  loadSchema,
  type Reflection,
  type ReflectionError,
  type ReflectionFailure,
  type ReflectionOptions,
  type Schema,
} from "../../../src/schema/index.js";
import type { Upstream } from "../../../src/upstream/index.js";
import { closedPort } from "../../support/closed-port.js";
import { projectRoot } from "../../support/project-root.js";
import {
  type AnswerReflection,
  bareFile,
  errorAnswer,
  filesAnswer,
  filesOf,
  filesOfSet,
  type ReflectingServer,
  type ReflectingServerOptions,
  servicesAnswer,
  startReflectingServer,
  type ToldFiles,
  telling,
} from "../../support/reflecting-server.js";
import { useSampleServices } from "../../support/use-sample-services.js";
import { transports, upstreamTo } from "../../upstream/support/client.js";
import { startService } from "../../upstream/support/service.js";
import { buildSet, copyGoogleFiles, inFolder, writeFiles } from "../support/build-set.js";
import { fixtures } from "../support/fixtures.js";

const shop = {
  "shop/types.proto": 'syntax = "proto3"; package shop; message Item { string name = 1; }',
  "shop/shop.proto": `
    syntax = "proto3"; package shop;
    import "google/api/annotations.proto";
    import "shop/types.proto";
    service Shop { rpc Get(Item) returns (Item) { option (google.api.http) = { get: "/shop/{name}" }; } }
    service Hidden { rpc Get(Item) returns (Item); }
  `,
  "shop/more.proto": `
    syntax = "proto3"; package shop;
    import "shop/types.proto";
    service More { rpc Get(Item) returns (Item); }
  `,
};
const services = { "shop.Shop": "shop/shop.proto", "shop.More": "shop/more.proto" };
let built: ToldFiles | null = null;
const shopFiles = (): ToldFiles => {
  built ??= filesOf(shop);
  return built;
};

describe.each(transports)("the schema that a server tells, over %s", (transport) => {
  const upstreams: Upstream[] = [];
  const servers: ReflectingServer[] = [];

  afterEach(async () => {
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close(0)));
    for (const server of servers.splice(0)) server.kill();
  });

  async function serve(answer: AnswerReflection, options: ReflectingServerOptions = {}): Promise<ReflectingServer> {
    const server = await startReflectingServer(answer, options);
    servers.push(server);
    return server;
  }

  async function connect(target: string, maxReplyBytes = 4 * 1024 * 1024): Promise<Upstream> {
    const upstream = await upstreamTo(target, transport, { maxReplyBytes });
    upstreams.push(upstream);
    return upstream;
  }

  const ask = async (target: string, options: Partial<ReflectionOptions> = {}): Promise<Reflection> =>
    askReflection("shop", await connect(target), { timeout: 10_000, ...options });

  async function failure(asking: Promise<Reflection>): Promise<[ReflectionFailure, string]> {
    const error = await asking.then(
      () => expect.unreachable("there is a schema"),
      (reason: ReflectionError) => reason,
    );
    return [error.kind, error.message];
  }

  it.each(["withImports", "alone"] as const)(
    "is all of its services and of what they import, told %s",
    async (style) => {
      const server = await serve(telling(shopFiles(), services, style));
      const { upstream, files, missing, undescribed, ...told } = await ask(server.address);
      expect({ upstream, services: told.services, undescribed, missing: [...missing] }).toEqual({
        upstream: "shop",
        services: ["shop.More", "shop.Shop"],
        undescribed: [],
        missing: [],
      });
      expect([...files.keys()]).toEqual([
        "google/api/annotations.proto",
        "google/api/http.proto",
        "google/protobuf/descriptor.proto",
        "shop/more.proto",
        "shop/shop.proto",
        "shop/types.proto",
      ]);
      for (const [name, bytes] of files)
        expect([name, bytes.equals(shopFiles().get(name) ?? bytes)]).toEqual([name, true]);
      const asked = server.asked.map(({ kind, text }) => (kind === "services" ? kind : text));
      expect(new Set(asked).size).toBe(asked.length);
      expect(new Set(server.asked.map(({ version }) => version))).toEqual(new Set(["v1"]));
    },
  );

  it("has the same digest however it is told, and another when a byte of it is another", async () => {
    const digests = await Promise.all(
      [
        telling(shopFiles(), services),
        telling(shopFiles(), Object.fromEntries(Object.entries(services).reverse()), "alone"),
        telling(new Map([...shopFiles()].reverse()), services),
        telling(new Map([...shopFiles(), ["shop/types.proto", bareFile("shop/types.proto")]]), services),
        telling(shopFiles(), { "shop.Shop": "shop/shop.proto" }),
      ].map(async (answer) => (await ask((await serve(answer)).address)).digest),
    );
    const [first, ...others] = digests;
    expect(others.map((digest) => digest === first)).toEqual([true, true, false, false]);
  });

  it("is told by v1alpha where there is no v1", async () => {
    const server = await serve(telling(shopFiles(), services), { versions: ["v1alpha"] });
    expect((await ask(server.address)).services).toEqual(["shop.More", "shop.Shop"]);
    expect(new Set(server.asked.map(({ version }) => version))).toEqual(new Set(["v1alpha"]));
  });

  it("is told once where a server does not send a file again on one stream, as grpc-go does not", async () => {
    const sent = new Set<string>();
    const all = telling(shopFiles(), services, "alone");
    const server = await serve((asked) => {
      const key = asked.kind === "symbol" ? services[asked.text as keyof typeof services] : asked.text;
      if (asked.kind !== "services" && sent.has(key)) return filesAnswer([]);
      sent.add(key);
      return all(asked);
    });
    expect((await ask(server.address)).files.size).toBe(6);
  });

  it("has gaps where the server has them: services without a description, imports that it does not know", async () => {
    const files = new Map([...shopFiles()].filter(([name]) => name !== "google/api/http.proto"));
    files.set("shop/more.proto", bareFile("shop/more.proto", ["gogo.proto", "shop/types.proto"]));
    const server = await serve(telling(files, { ...services, "shop.Ghost": "ghost.proto" }));
    const { undescribed, missing } = await ask(server.address);
    expect({ undescribed, missing: [...missing].sort() }).toEqual({
      undescribed: ["shop.Ghost"],
      missing: [
        ["gogo.proto", "shop/more.proto"],
        ["google/api/http.proto", "google/api/annotations.proto"],
      ],
    });
  });

  it("ends where imports run in a circle", async () => {
    const files = new Map([
      ["a.proto", bareFile("a.proto", ["b.proto"])],
      ["b.proto", bareFile("b.proto", ["a.proto", "b.proto"])],
    ]);
    const server = await serve(telling(files, { "x.A": "a.proto" }, "alone"));
    const reflection = await ask(server.address);
    expect([...reflection.files.keys()]).toEqual(["a.proto", "b.proto"]);
    expect(() => loadSchema([{ kind: "reflections", reflections: [reflection] }])).toThrow(
      "upstream shop: b.proto: the imports run in a circle",
    );
  });

  it.each<[title: string, answer: AnswerReflection, kind: ReflectionFailure, message: string]>([
    [
      "an error for the list",
      () => errorAnswer(7, "no\nlist"),
      "refused",
      'it does not list its services: PERMISSION_DENIED: "no\\nlist"',
    ],
    [
      "files for the list",
      () => filesAnswer([]),
      "broken",
      "it was asked for the list of its services and answered something else",
    ],
    [
      "a list for a file",
      () => servicesAnswer(["x.A"]),
      "broken",
      "it was asked for a file and answered something else",
    ],
    [
      "nothing",
      () => new Uint8Array(0),
      "broken",
      "it was asked for the list of its services and answered something else",
    ],
    [
      "bytes that are no message",
      () => Buffer.from("ffff", "hex"),
      "broken",
      "its answer cannot be read: the bytes end inside a value",
    ],
    [
      "a file that is no message",
      ({ kind }) => (kind === "services" ? servicesAnswer(["x.A"]) : filesAnswer([Buffer.from("0a05", "hex")])),
      "broken",
      "one of its files is no FileDescriptorProto: the bytes end inside a value",
    ],
    [
      "two files of one name",
      ({ kind }) =>
        kind === "services"
          ? servicesAnswer(["x.A"])
          : filesAnswer([bareFile("a.proto"), bareFile("a.proto", ["b.proto"])]),
      "broken",
      'it tells two different files "a.proto"',
    ],
    [
      "a service whose name would clear a terminal",
      () => servicesAnswer(["x.A", "x.\u001b[2J"]),
      "broken",
      'it lists "x.\\u001b[2J", which is no name of a service',
    ],
    [
      "a file whose name would begin a line of its own",
      ({ kind }) => (kind === "services" ? servicesAnswer(["x.A"]) : filesAnswer([bareFile("a\nb.proto")])),
      "broken",
      'it tells of a file "a\\nb.proto", which is no name',
    ],
    [
      "a file that imports one without a name",
      ({ kind }) => (kind === "services" ? servicesAnswer(["x.A"]) : filesAnswer([bareFile("a.proto", [""])])),
      "broken",
      'it tells of a file "", which is no name',
    ],
    [
      "more services than allowed",
      () => servicesAnswer(["a.A", "a.B", "a.C", "a.D"]),
      "broken",
      "it tells 4 services, of which 3 are allowed",
    ],
    [
      "imports without end",
      ({ kind, text }) => (kind === "services" ? servicesAnswer(["x.A"]) : filesAnswer([bareFile(text, [`${text}/`])])),
      "broken",
      "it tells 6 files, of which 5 are allowed",
    ],
    [
      "more imports than files are allowed",
      ({ kind }) =>
        kind === "services"
          ? servicesAnswer(["x.A"])
          : filesAnswer([bareFile("a.proto", ["1", "2", "3", "4", "5", "6"])]),
      "broken",
      "it tells imports of 6 files, of which 5 are allowed",
    ],
    [
      "more bytes than allowed",
      ({ kind }) => (kind === "services" ? servicesAnswer(["x.A"]) : filesAnswer([bareFile("a".repeat(2000))])),
      "broken",
      "it tells 2003 bytes of files, of which 1000 are allowed",
    ],
  ])("is none where the server answers %s", async (_title, answer, kind, message) => {
    const server = await serve(answer);
    expect(await failure(ask(server.address, { limits: { services: 3, files: 5, bytes: 1000 } }))).toEqual([
      kind,
      message,
    ]);
  });

  it("is none where the server answers more than the upstream's limit at once", async () => {
    const server = await serve(() => servicesAnswer(["a".repeat(2000)]));
    const [kind] = await failure(askReflection("shop", await connect(server.address, 1000), { timeout: 10_000 }));
    expect(kind).toBe("broken");
  });

  it("is none where the server does not answer in time", async () => {
    const server = await serve(() => null);
    expect(await failure(ask(server.address, { timeout: 200 }))).toEqual(["late", "it did not answer in time"]);
  });

  it("is none where nobody wants it any more", async () => {
    const server = await serve(() => null);
    const stop = new AbortController();
    const asking = failure(ask(server.address, { signal: stop.signal }));
    await expect.poll(() => server.asked.length).toBe(1);
    stop.abort();
    expect(await asking).toEqual(["cancelled", "it is not asked any more"]);
    expect(await failure(ask(server.address, { signal: stop.signal }))).toEqual([
      "cancelled",
      "it is not asked any more",
    ]);
  });

  it("is none where the server goes away meanwhile", async () => {
    const server = await serve(() => null);
    const asking = failure(ask(server.address));
    await expect.poll(() => server.asked.length).toBe(1);
    server.kill();
    expect((await asking)[0]).toBe("unreachable");
  });

  it("is none where there is no reflection, or no server", async () => {
    const service = await startService();
    expect(await failure(ask(service.target))).toEqual([
      "absent",
      "it has no server reflection, neither grpc.reflection.v1 nor v1alpha",
    ]);
    service.kill();
    const [kind, message] = await failure(ask(`127.0.0.1:${await closedPort()}`));
    expect([kind, /ECONNREFUSED/.test(message)]).toEqual(["unreachable", true]);
  });
});

describe("the Schema of what servers tell", () => {
  const sample = useSampleServices();

  function differences(a: Schema, b: Schema, detail: "all" | "definition"): string[] {
    const [left, right] = [describeSchema(a, detail), describeSchema(b, detail)];
    return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) => {
      const difference = firstDifference(left.get(name) ?? null, right.get(name) ?? null);
      return difference === null ? [] : [`${name}: ${difference}`];
    });
  }

  async function told(target: string, name = "shop"): Promise<Reflection> {
    const upstream = await upstreamTo(target, "http2");
    try {
      return await askReflection(name, upstream, { timeout: 10_000 });
    } finally {
      await upstream.close(0);
    }
  }

  async function toldBy(answer: AnswerReflection, name = "shop"): Promise<Reflection> {
    const server = await startReflectingServer(answer);
    try {
      return await told(server.address, name);
    } finally {
      server.kill();
    }
  }

  it("is that of the samples' .proto files", async () => {
    const reflected = loadSchema([{ kind: "reflections", reflections: [await told(sample.address)] }]);
    const files = ["proto/portico/**/*.proto"];
    const written = loadSchema([{ kind: "protos", roots: ["proto"], files, directory: projectRoot }]);
    expect(written.services.size).toBe(6);
    expect(differences(reflected, written, "definition")).toEqual([]);
  });

  it("is that of .proto files that use the whole language, comments and places included", async () => {
    // The services of fixtures are few: one is asked for, whose file imports all the others.
    const imports = Object.keys(fixtures).map((name) => `import "${name}";`);
    const all = {
      ...fixtures,
      "all.proto": `syntax = "proto3"; package all; ${imports.join(" ")} message M {} service All { rpc Get(M) returns (M); }`,
    };
    const [set, written] = inFolder((folder) => {
      writeFiles(folder, all);
      const own = loadSchema([{ kind: "protos", roots: [folder], files: Object.keys(all), directory: folder }]);
      copyGoogleFiles(
        folder,
        [...own.files.keys()].filter((name) => !(name in all)),
      );
      return [buildSet(folder, "descriptor set"), own] as const;
    });
    const reflection = await toldBy(telling(filesOfSet(set), { "all.All": "all.proto" }, "alone"));
    const reflected = loadSchema([{ kind: "reflections", reflections: [reflection] }]);
    expect(reflected.files.size).toBeGreaterThan(20);
    expect(differences(reflected, written, "all")).toEqual([]);
  });

  it("has what google-proto-files know and the server does not", async () => {
    const files = new Map([...shopFiles()].filter(([name]) => !name.startsWith("google/")));
    const schema = loadSchema([{ kind: "reflections", reflections: [await toldBy(telling(files, services))] }]);
    expect(schema.services.get("shop.Shop")?.methods[0]?.options["[google.api.http]"]).toEqual({ get: "/shop/{name}" });
  });

  it("is read without an import that nobody knows, and without which it can be", async () => {
    const files = new Map([...shopFiles()]);
    files.set(
      "shop/shop.proto",
      Buffer.concat([Buffer.from(files.get("shop/shop.proto") ?? []), importOf("gogo.proto")]),
    );
    const schema = loadSchema([{ kind: "reflections", reflections: [await toldBy(telling(files, services))] }]);
    expect([...schema.services.keys()]).toEqual(["shop.More", "shop.Shop", "shop.Hidden"]);
  });

  it("is a fault where a type is in an import that nobody knows", async () => {
    const files = new Map([...shopFiles()].filter(([name]) => name !== "shop/types.proto"));
    const reflection = await toldBy(telling(files, { "shop.More": "shop/more.proto" }));
    expect(() => loadSchema([{ kind: "reflections", reflections: [reflection] }])).toThrow(
      'upstream shop: shop/more.proto:4:20: shop.More.Get: its input is ".shop.Item", which is not defined',
    );
  });

  it("has one file of two servers that tell the same, and of Google's common files the first", async () => {
    const other = new Map(shopFiles());
    other.set(
      "google/api/http.proto",
      Buffer.concat([Buffer.from(other.get("google/api/http.proto") ?? []), optionOf("other")]),
    );
    const reflections = [
      await toldBy(telling(shopFiles(), { "shop.Shop": "shop/shop.proto" }), "a"),
      await toldBy(telling(other, { "shop.More": "shop/more.proto", "shop.Shop": "shop/shop.proto" }), "b"),
    ];
    expect([...loadSchema([{ kind: "reflections", reflections }]).files.keys()]).toHaveLength(6);
  });

  it("is a fault where two servers tell different files of one name", async () => {
    const other = new Map(shopFiles());
    other.set("shop/types.proto", Buffer.concat([Buffer.from(other.get("shop/types.proto") ?? []), optionOf("other")]));
    const reflections = [
      await toldBy(telling(shopFiles(), services), "a"),
      await toldBy(telling(other, services), "b"),
    ];
    expect(() => loadSchema([{ kind: "reflections", reflections }])).toThrow(
      'upstream b: shop/types.proto: "shop/types.proto" is not the same as in upstream a: shop/types.proto: $.options',
    );
  });
});

/** FileDescriptorProto { dependency = 3 }, to be appended to one. */
function importOf(name: string): Buffer {
  return Buffer.concat([Buffer.from([0x1a, name.length]), Buffer.from(name)]);
}

/** FileDescriptorProto { options = 8 { java_package = 1 } }, to be appended to one. */
function optionOf(name: string): Buffer {
  return Buffer.concat([Buffer.from([0x42, name.length + 2, 0x0a, name.length]), Buffer.from(name)]);
}
