import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  type ConfigInput,
  claimingUpstream,
  type GatewayConfig,
  loadConfig,
  parseConfig,
  resolveConfig,
} from "../../src/app/config/index.js";
import { FaultsError } from "../../src/core/index.js";

const parse = (text: string, environment = {}): GatewayConfig =>
  parseConfig(text, "/etc/portico/gateway.config.yaml", environment);

const defaults = {
  server: {
    host: "127.0.0.1",
    port: 8080,
    socket: null,
    workers: 1,
    tls: null,
    http2: { enabled: true, maxStreams: 128 },
    ignoreTrailingSlash: false,
    limits: { url: 16_384, headers: 16_384, body: 4_194_304, reply: 4_194_304, requestTimeout: 60_000 },
    shutdownGrace: 10_000,
    requestId: { header: "x-request-id", accept: true },
  },
  schema: {
    protos: null,
    descriptorSets: [],
    reflection: [],
    reflectionRefresh: 60_000,
    reflectionTimeout: 10_000,
    rules: [],
    unboundMethods: "off",
  },
  upstreams: {},
  json: {
    emitDefaults: "none",
    int64: "string",
    protoNames: false,
    enumsAsNumbers: false,
    stripEnumPrefix: false,
    caseInsensitiveEnums: false,
  },
  requests: {
    unknownQuery: "reject",
    ignoredQuery: [],
    unknownFields: "reject",
    unexpectedBody: "reject",
    contentTypes: "lenient",
    inferFieldMask: true,
    collisions: "path",
    pathDecoding: "all-but-slash",
    forms: { enabled: true, parts: 100, files: 10, field: 1_048_576, file: 1_073_741_824 },
    formFallback: false,
  },
  headers: { toMetadata: [], fromMetadata: [], cookies: false, forwarded: true, trailers: true },
  errors: { format: "status" },
  streams: {
    default: "array",
    deadline: Number.POSITIVE_INFINITY,
    maxDeadline: Number.POSITIVE_INFINITY,
    idleTimeout: 3_600_000,
    heartbeat: 15_000,
    chunk: 65_536,
    methods: {},
    websocket: { enabled: true, unary: false, origins: [], ping: 30_000 },
  },
  downloads: { methods: {}, ranges: true, etag: false },
  openapi: {
    enabled: true,
    port: "public",
    path: "/openapi.json",
    ui: "/docs",
    home: "/",
    visibility: [],
    exclude: [],
    overlay: [],
  },
  admin: { enabled: true, host: "127.0.0.1", port: 9090, readiness: "gateway" },
  log: { level: "info", access: true, format: "json" },
  migration: {},
  file: "/etc/portico/gateway.config.yaml",
  directory: "/etc/portico",
};

describe("defaults", () => {
  test.each([
    { title: "an empty file", text: "" },
    { title: "comments alone, with references that no one sets", text: "# server: ${NOPE}\n---\n# ${\n" },
    { title: "a byte order mark", text: "\uFEFF# nothing\n" },
    {
      title: "sections and lists whose lines are all commented out",
      text: "server:\n  # port: 1\n  limits:\nschema:\n  rules:\nupstreams:\nheaders:\n  toMetadata:\n",
    },
    { title: "JSON, which YAML includes", text: '{"server": {}, "log": {"level": "info"}}' },
  ])("$title has every key at its default", ({ text }) => {
    expect(parse(text)).toEqual(defaults);
  });

  test("an upstream has all of its keys", () => {
    expect(parse("upstreams: { users: { target: localhost:50051 } }").upstreams).toEqual({
      users: {
        target: "localhost:50051",
        services: ["*"],
        deadline: 30_000,
        maxDeadline: 300_000,
        transport: "http2",
        tls: null,
        ownMetadata: {},
        balancing: "least_request",
        retry: null,
        maxOpenCalls: Number.POSITIVE_INFINITY,
        maxPendingCalls: 10_000,
        connectTimeout: 5000,
        dnsRefresh: 30_000,
        outliers: null,
        compression: "none",
        keepalive: null,
      },
    });
  });

  test("nothing of a configuration can be changed", () => {
    const config = parse("upstreams: { a: { target: x:1, tls: {} } }\nheaders: { toMetadata: [x-a] }");
    const unfrozen: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null) return;
      if (!Object.isFrozen(value)) unfrozen.push(path);
      for (const [key, item] of Object.entries(value)) walk(item, `${path}.${key}`);
    };
    walk(config, "config");
    expect(unfrozen).toEqual([]);
  });
});

describe("values", () => {
  test.each([
    { text: "server: { limits: { body: 4096 } }", of: (c: GatewayConfig) => c.server.limits.body, gives: 4096 },
    { text: "server: { limits: { body: 1.5KiB } }", of: (c: GatewayConfig) => c.server.limits.body, gives: 1536 },
    { text: "server: { limits: { body: 2MB } }", of: (c: GatewayConfig) => c.server.limits.body, gives: 2_000_000 },
    { text: "server: { limits: { body: 0 } }", of: (c: GatewayConfig) => c.server.limits.body, gives: 0 },
    { text: "server: { limits: { body: 100B } }", of: (c: GatewayConfig) => c.server.limits.body, gives: 100 },
    { text: "server: { shutdownGrace: 0s }", of: (c: GatewayConfig) => c.server.shutdownGrace, gives: 0 },
    { text: "server: { shutdownGrace: 250ms }", of: (c: GatewayConfig) => c.server.shutdownGrace, gives: 250 },
    { text: "server: { shutdownGrace: 1.5m }", of: (c: GatewayConfig) => c.server.shutdownGrace, gives: 90_000 },
    { text: "server: { shutdownGrace: 1h }", of: (c: GatewayConfig) => c.server.shutdownGrace, gives: 3_600_000 },
    { text: "server: { port: 0 }", of: (c: GatewayConfig) => c.server.port, gives: 0 },
    {
      text: "server: { socket: run/x.sock }",
      of: (c: GatewayConfig) => c.server.socket,
      gives: "/etc/portico/run/x.sock",
    },
    {
      text: "server: { requestId: { header: X-Trace } }",
      of: (c: GatewayConfig) => c.server.requestId.header,
      gives: "x-trace",
    },
    {
      text: "headers: { toMetadata: [X-Foo-*, '*'] }",
      of: (c: GatewayConfig) => c.headers.toMetadata,
      gives: ["x-foo-*", "*"],
    },
    {
      text: "openapi: { ui: false, path: null, home: false, port: admin, overlay: [public.overlay.yaml] }",
      of: (c: GatewayConfig) => c.openapi,
      gives: {
        ...defaults.openapi,
        ui: null,
        path: null,
        home: null,
        port: "admin",
        overlay: ["/etc/portico/public.overlay.yaml"],
      },
    },
    { text: "schema: { unboundMethods: off }", of: (c: GatewayConfig) => c.schema.unboundMethods, gives: "off" },
    {
      text: "schema: { protos: { roots: [proto, /usr/include], files: ['proto/**/*.proto'] }, rules: [r.yaml] }",
      of: (c: GatewayConfig) => c.schema,
      gives: {
        protos: { roots: ["/etc/portico/proto", "/usr/include"], files: ["proto/**/*.proto"] },
        descriptorSets: [],
        reflection: [],
        reflectionRefresh: 60_000,
        reflectionTimeout: 10_000,
        rules: ["/etc/portico/r.yaml"],
        unboundMethods: "off",
      },
    },
    {
      text: "upstreams: { a: { target: x:1, deadline: none, maxDeadline: none } }",
      of: (c: GatewayConfig) => [c.upstreams["a"]?.deadline, c.upstreams["a"]?.maxDeadline],
      gives: [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    },
    {
      text: "upstreams: { a: { target: x:1, tls: true } }",
      of: (c: GatewayConfig) => c.upstreams["a"]?.tls,
      gives: { ca: null, cert: null, key: null, serverName: null, minVersion: "TLSv1.2" },
    },
    {
      text: "upstreams: { a: { target: x:1, tls: false } }",
      of: (c: GatewayConfig) => c.upstreams["a"]?.tls,
      gives: null,
    },
    {
      text: "upstreams: { a: { target: x:1, tls: { ca: ca.pem, serverName: users.internal } } }",
      of: (c: GatewayConfig) => c.upstreams["a"]?.tls,
      gives: {
        ca: "/etc/portico/ca.pem",
        cert: null,
        key: null,
        serverName: "users.internal",
        minVersion: "TLSv1.2",
      },
    },
    { text: "server: { workers: 4 }", of: (c: GatewayConfig) => c.server.workers, gives: 4 },
    { text: "server: { workers: auto }", of: (c: GatewayConfig) => c.server.workers, gives: "auto" },
    {
      text: "upstreams: { a: { target: x:1, retry: true, outliers: true, keepalive: true, maxOpenCalls: 7 } }",
      of: ({ upstreams: { a } }: GatewayConfig) => [a?.retry, a?.outliers, a?.keepalive, a?.maxOpenCalls],
      gives: [
        {
          codes: [14],
          methods: "idempotent",
          attempts: 3,
          backoff: 50,
          maxBackoff: 1000,
          perTryTimeout: Number.POSITIVE_INFINITY,
          budget: { tokens: 100, ratio: 0.1 },
        },
        { consecutiveFailures: 5, ejection: 30_000, maxShare: 0.5 },
        { time: 300_000, timeout: 20_000, permitWithoutCalls: false },
        7,
      ],
    },
    {
      text: "upstreams: { a: { target: x:1, retry: { codes: [ABORTED, DATA_LOSS], budget: { ratio: 1 } }, maxOpenCalls: none } }",
      of: ({ upstreams: { a } }: GatewayConfig) => [a?.retry?.codes, a?.retry?.budget, a?.maxOpenCalls],
      gives: [[10, 15], { tokens: 100, ratio: 1 }, Number.POSITIVE_INFINITY],
    },
    {
      text: "upstreams: { a: { target: x:1 }, b: { target: x:2 }, c: { target: x:3, services: ['*'] } }\nschema: { reflection: [b, a], reflectionRefresh: none }",
      of: ({ schema, upstreams: { a, b, c } }: GatewayConfig) => [
        [schema.reflection, schema.reflectionRefresh],
        [a?.services, b?.services, c?.services],
      ],
      gives: [
        [["b", "a"], Number.POSITIVE_INFINITY],
        [[], [], ["*"]],
      ],
    },
    {
      text: "upstreams: { constructor: { target: x:1 } }",
      of: (c: GatewayConfig) => Object.keys(c.upstreams),
      gives: ["constructor"],
    },
  ])("$text is read", ({ text, of, gives }) => {
    expect(of(parse(text))).toEqual(gives);
  });

  test.each([
    ["localhost:50051", "localhost:50051"],
    ["dns:///users.internal:443", "dns:///users.internal:443"],
    ["dns:users:443", "dns:users:443"],
    ["[::1]:50051", "[::1]:50051"],
    ["ipv4:10.0.0.1:1,10.0.0.2:2", "ipv4:10.0.0.1:1,10.0.0.2:2"],
    ["ipv6:[::1]:1,[::2]:2", "ipv6:[::1]:1,[::2]:2"],
    ["unix:/run/x.sock", "unix:/run/x.sock"],
    ["unix:///run/x.sock", "unix:/run/x.sock"],
    ["unix:run/x.sock", "unix:/etc/portico/run/x.sock"],
  ])("the target %s becomes %s", (target, becomes) => {
    expect(parse(`upstreams: { a: { target: "${target}" } }`).upstreams["a"]?.target).toBe(becomes);
  });
});

describe("the environment", () => {
  test.each([
    { title: "a number", text: "server: { port: ${PORT} }", environment: { PORT: "81" }, port: 81 },
    { title: "a default", text: "server: { port: ${PORT:-82} }", environment: {}, port: 82 },
    {
      title: "a default for an empty variable",
      text: "server: { port: ${PORT:-82} }",
      environment: { PORT: "" },
      port: 82,
    },
    { title: "a part of a number", text: "server: { port: 8${PORT}0 }", environment: { PORT: "08" }, port: 8080 },
    {
      title: "two references side by side",
      text: "server: { port: ${A}${B} }",
      environment: { A: "1", B: "2" },
      port: 12,
    },
  ])("$title is put into a plain value", ({ text, environment, port }) => {
    expect(parse(text, environment).server.port).toBe(port);
  });

  test.each([
    { title: "in quotes it stays a text", text: 'server: { host: "${A}" }', environment: { A: "1" }, host: "1" },
    { title: "an IPv6 address stays a text", text: "server: { host: ${A} }", environment: { A: "::1" }, host: "::1" },
    { title: "a default may hold colons", text: "server: { host: ${A:-::1} }", environment: {}, host: "::1" },
    {
      title: "a value is not replaced again",
      text: "server: { host: ${A} }",
      environment: { A: "${B}", B: "x" },
      host: "${B}",
    },
    { title: "$${ is a literal ${", text: "server: { host: $${A}-${A} }", environment: { A: "x" }, host: "${A}-x" },
    {
      title: "in a folded text",
      text: "server:\n  host: >-\n    ${A}.\n    ${B}\n",
      environment: { A: "a", B: "b" },
      host: "a. b",
    },
    {
      title: "characters of the private use area are left alone",
      text: "server: { host: '\uE000\uE001${A}' }",
      environment: { A: "x" },
      host: "\uE000\uE001x",
    },
    {
      title: "through an alias",
      text: "admin: { host: &h '${A}' }\nserver: { host: *h }",
      environment: { A: "h" },
      host: "h",
    },
  ])("$title", ({ text, environment, host }) => {
    expect(parse(text, environment).server.host).toBe(host);
  });
});

describe("files", () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-config-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const faults = (path: string): readonly string[] | null => {
    try {
      loadConfig(path, {});
      return null;
    } catch (error) {
      if (!(error instanceof FaultsError)) throw error;
      return error.message.replaceAll(folder, "").split("\n");
    }
  };

  test("a file that does not exist, is a folder, or is not UTF-8 is refused", () => {
    expect(faults(join(folder, "nope.yaml"))).toEqual([
      "/nope.yaml: cannot read the configuration: the file does not exist",
    ]);
    expect(faults(folder)).toEqual([": cannot read the configuration: it is a folder"]);
    expect(faults(write("latin1.yaml", Buffer.from("# caf\xe9\n", "latin1")))).toEqual([
      "/latin1.yaml: cannot read the configuration: the file is not UTF-8",
    ]);
  });

  test("every file that is named and not there is told at its place", () => {
    mkdirSync(join(folder, "proto"));
    write("there.yaml", "");
    const text = [
      "schema:",
      "  protos: { roots: [proto, there.yaml, nowhere], files: [] }",
      "  descriptorSets: [set.binpb, proto]",
      "  rules: [there.yaml, rules.yaml]",
      "upstreams: { a: { target: x:1, tls: { ca: ca.pem } } }",
    ];
    expect(faults(write("files.yaml", text.join("\n")))).toEqual([
      '/files.yaml:2:28: schema.protos.roots[1]: expected a folder, got the file "/there.yaml"',
      '/files.yaml:2:40: schema.protos.roots[2]: cannot find the folder "/nowhere"',
      '/files.yaml:3:20: schema.descriptorSets[0]: cannot find the file "/set.binpb"',
      '/files.yaml:3:31: schema.descriptorSets[1]: expected a file, got the folder "/proto"',
      '/files.yaml:4:23: schema.rules[1]: cannot find the file "/rules.yaml"',
      '/files.yaml:5:43: upstreams.a.tls.ca: cannot find the file "/ca.pem"',
    ]);
  });

  test("files of metadata that are not there, or of no use, are told at their places, without what they hold", () => {
    write("token", "  s3cret\n\n");
    write("empty", "\n");
    write("odd", "naïve s3cret");
    const text = [
      "upstreams:",
      "  a:",
      "    target: x:1",
      "    ownMetadata:",
      "      authorization: { file: token, prefix: 'Bearer ' }",
      "      x-a: { file: nowhere }",
      "      x-b: { file: empty }",
      "      x-c: { file: odd }",
      "      x-d-bin: { file: token }",
    ];
    expect(faults(write("metadata.yaml", text.join("\n")))).toEqual([
      '/metadata.yaml:6:20: upstreams.a.ownMetadata.x-a.file: cannot find the file "/nowhere"',
      '/metadata.yaml:7:20: upstreams.a.ownMetadata.x-b.file: the file "/empty" is empty',
      '/metadata.yaml:8:20: upstreams.a.ownMetadata.x-c.file: cannot send what the file "/odd" holds: expected printable characters of ASCII alone',
      '/metadata.yaml:9:24: upstreams.a.ownMetadata.x-d-bin.file: cannot send what the file "/token" holds: expected base64',
    ]);
  });

  test("files of server.tls that are there and of no use are told at their places", () => {
    const certs = resolve("test/upstream/certs");
    write("no.pem", "half a fi");
    const of = (keys: string) => faults(write("tls.yaml", `server:\n  tls: { ${keys.replaceAll("@", certs)} }\n`));
    expect(of("cert: no.pem, key: nope.pem, clientCa: .")).toEqual([
      '/tls.yaml:2:29: server.tls.key: cannot find the file "/nope.pem"',
      expect.stringMatching(/^\/tls\.yaml:2:49: server\.tls\.clientCa: expected a file, got the folder/),
    ]);
    expect(of("cert: '@/server-cert.pem', key: '@/client-key.pem', clientCa: no.pem")).toEqual([
      expect.stringMatching(
        /^\/tls\.yaml:2:16: server\.tls\.cert: cannot use the certificate with its key: .*mismatch/,
      ),
      expect.stringMatching(/^\/tls\.yaml:2:\d+: server\.tls\.clientCa: cannot find a certificate in the file: /),
    ]);
    expect(of("cert: '@/server-cert.pem'")).toEqual([
      '/tls.yaml:2:3: server.tls: key "key" is missing: expected a path, relative to this file',
    ]);
  });

  test("a sound file is read", () => {
    const path = write("sound.yaml", "server: { port: 0 }\n");
    const config = loadConfig(path, {});
    expect([config.server.port, config.file, config.directory]).toEqual([0, path, folder]);
  });
});

describe("an object", () => {
  test("is read as a file is, without the environment", () => {
    const input: ConfigInput = {
      server: { port: 0, limits: { body: "1KiB" }, shutdownGrace: "1s" },
      upstreams: { users: { target: "localhost:50051", deadline: "none", tls: true } },
      openapi: { ui: false },
    };
    const config = resolveConfig(input, "/srv");
    expect({ ...config, upstreams: config.upstreams["users"]?.deadline }).toEqual({
      ...defaults,
      server: {
        ...defaults.server,
        port: 0,
        limits: { ...defaults.server.limits, body: 1024 },
        shutdownGrace: 1000,
      },
      upstreams: Number.POSITIVE_INFINITY,
      openapi: { ...defaults.openapi, ui: null },
      file: null,
      directory: "/srv",
    });
  });

  test("is refused with its keys alone", () => {
    const input = { server: { port: "x" }, zerver: {} } as unknown as ConfigInput;
    expect(() => resolveConfig(input)).toThrow(
      new FaultsError([
        { file: null, line: null, column: null, subject: "zerver", message: 'unknown key, did you mean "server"?' },
        {
          file: null,
          line: null,
          column: null,
          subject: "server.port",
          message: 'expected a whole number from 0 to 65535, got "x"',
        },
      ]),
    );
  });
});

describe("claims", () => {
  const upstreams = {
    all: { services: ["*"] },
    shop: { services: ["shop.*", "other.v1.Only"] },
    orders: { services: ["shop.v1.orders.*", "shop.v1.Orders"] },
  };
  test.each([
    ["shop.v1.Users", "shop"],
    ["shop.v1.Orders", "orders"],
    ["shop.v1.OrdersToo", "shop"],
    ["shop.v1.orders.Admin", "orders"],
    ["shopping.Cart", "all"],
    ["other.v1.Only", "shop"],
    ["other.v1.Only2", "all"],
    ["Bare", "all"],
  ])("the service %s is served by %s", (service, upstream) => {
    expect(claimingUpstream(service, upstreams)).toBe(upstream);
  });

  test.each([
    ["that nothing names goes to the upstream that lists it, before the one with *", "new.v1.Listed", "orders"],
    ["that a package names goes there, whoever lists it", "shop.v1.Users", "shop"],
    ["that is named goes there, whoever lists it", "other.v1.Only", "shop"],
    ["of a name as short as *", "A", "orders"],
  ])("a service %s", (_title, service, upstream) => {
    const listed = new Map(["new.v1.Listed", "shop.v1.Users", "other.v1.Only", "A"].map((name) => [name, "orders"]));
    expect(claimingUpstream(service, upstreams, listed)).toBe(upstream);
  });

  test("a service that no pattern fits is served by none", () => {
    expect(claimingUpstream("a.B", { shop: { services: ["shop.*"] } })).toBeNull();
  });
});
