import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseConfig, resolveConfig } from "../../src/app/index.js";
import { loadRoutes } from "../../src/app/routes/index.js";
import { createCodec, createWriter } from "../../src/codec/index.js";
import { createMatcher, parseRuleFile, parseTemplate, printTemplate } from "../../src/rules/index.js";
import { TemplateError } from "../../src/rules/template-error.js";
import {
  askReflection,
  loadDescriptorSet,
  loadSchema,
  type MessageType,
  ReflectionError,
} from "../../src/schema/index.js";
import { parseProto } from "../../src/schema/source/parse-proto.js";
import { coalesce, type MergeTree } from "../../src/transcode/coalesce.js";
import { compileStatusDetails } from "../../src/transcode/errors/status-details.js";
import { compileQuery } from "../../src/transcode/query/compile-query.js";
import { createJsonSplitter } from "../../src/transcode/stream/split-json.js";
import { randomWire } from "../codec/support/random-wire.js";
import { stageConfig } from "../e2e/support/stage-config.js";
import { buildDescriptors } from "../support/build-descriptors.js";
import { projectRoot } from "../support/project-root.js";
import { filesOfSet, telling } from "../support/reflecting-server.js";
import { connection, frames, hpack, messages } from "./http2-targets.js";
import { anyByte, cut, mutate, mutateText, randomBytes } from "./support/mutate.js";
import { attempt, check, type FuzzTarget, isFaults, isGatewayRefusal, target } from "./support/target.js";
import { upstreamAnswering } from "./support/upstream-answering.js";

const text = (path: string): string => readFileSync(join(projectRoot, path), "utf8");
const quoted = (bytes: Uint8Array): string => JSON.stringify(Buffer.from(bytes).toString("latin1"));

/** The rules that the end-to-end tests go by; loaded once. */
const routes = once(() => loadRoutes(resolveConfig(stageConfig("127.0.0.1:1", "http2"), projectRoot)));
const codec = once(() => createCodec(routes().schema, { unknownAny: "base64" }));
const kinds = once(() => messageOf("portico.examples.v1.Kinds"));

const template = target("template", () => {
  const tokens = ["/", "/", "{", "}", "=", "*", "**", ":", ".", "a", "v1", "name", "%2F", "%", "é", "\0", " "];
  return (random) => {
    const source = `/${Array.from({ length: random.below(12) }, () => random.pick(tokens)).join("")}`;
    const parsed = attempt(
      () => parseTemplate(source),
      () => JSON.stringify(source),
      (error) => error instanceof TemplateError,
    );
    if (parsed === null) return;
    const printed = printTemplate(parsed);
    check(
      printTemplate(parseTemplate(printed)) === printed,
      () => `${source} is printed as ${printed}, which is not read back`,
    );
  };
});

const ruleFile = target("rule-file", () => {
  const source = JSON.stringify({
    type: "google.api.Service",
    config_version: 3,
    http: {
      fully_decode_reserved_expansion: true,
      rules: [
        {
          selector: "a.B.C, a.*",
          get: "/v1/{name=a/*}:verb",
          additional_bindings: [{ custom: { kind: "HEAD", path: "/x" } }],
        },
        { selector: "a.D", post: "/v1", body: "*", response_body: "b" },
      ],
    },
  });
  const yaml =
    "type: google.api.Service\nhttp:\n  rules:\n  - selector: a.B\n    get: /v1/{a=**}\n    <<: &x {body: '*'}\n";
  return (random) => {
    const input = mutateText(random, random.pick([source, yaml]), "{}[]:,-&*!|>'\"\\#%@ \n\t0é\0");
    const { rules, faults } = attempt(
      () => parseRuleFile(input, "fuzz.yaml"),
      () => JSON.stringify(input),
      () => false,
    ) ?? {
      rules: [],
      faults: [],
    };
    check(Array.isArray(rules) && Array.isArray(faults), () => "no rules and no faults");
  };
});

const config = target("config", () => {
  const source = text("gateway.config.yaml");
  return (random) => {
    const input = mutateText(random, source, "{}[]:,-&*!|>'\"\\#%@$ \n\t09é\0");
    attempt(
      () => parseConfig(input, "fuzz.yaml", { HOME: "/" }),
      () => JSON.stringify(input),
      isFaults,
    );
  };
});

const descriptorSet = target("descriptor-set", () => {
  const bytes = buildDescriptors([{ root: "test/transcode", paths: ["coalesce.proto"] }]);
  return (random) => {
    const input = mutate(random, bytes, anyByte);
    attempt(
      () => loadDescriptorSet(input),
      () => input.toString("hex"),
      isFaults,
    );
  };
});

/** A server that tells what it likes: the dialogue ends with a schema or a reason, and the schema with a Schema or faults. */
const reflection = target("reflection", () => {
  const files = filesOfSet(buildDescriptors([{ root: "test/transcode", paths: ["coalesce.proto"] }]));
  const [name = ""] = [...files.keys()].filter((each) => each.startsWith("coalesce"));
  const honest = telling(files, { "x.A": name, "x.B": "none.proto" }, "alone");
  return async (random) => {
    const answers: Buffer[] = [];
    const upstream = upstreamAnswering((question) => {
      const kind = question[0] === 0x3a ? "services" : question[0] === 0x22 ? "symbol" : "file";
      const answer = honest({ kind, text: Buffer.from(question.subarray(2)).toString() }) ?? new Uint8Array(0);
      const sent = random.below(3) === 0 ? mutate(random, answer, anyByte) : Buffer.from(answer);
      answers.push(sent);
      return random.below(40) === 0 ? [] : random.below(40) === 0 ? [sent, sent] : [sent];
    });
    const input = (): string => answers.map((bytes) => bytes.toString("hex")).join(" ");
    const told = await askReflection("fuzz", upstream, { timeout: 60_000 }).catch((error: unknown) => {
      check(error instanceof ReflectionError, () => `it threw ${String(error)} for ${input()}`);
      return null;
    });
    if (told === null) return;
    attempt(() => loadSchema([{ kind: "reflections", reflections: [told] }]), input, isFaults);
  };
});

const proto = target("proto", () => {
  const sources = ["proto/portico/examples/v1/users.proto", "test/e2e/groups.proto", "test/cases/cases.proto"].map(
    text,
  );
  return (random) => {
    const source = random.pick(sources);
    const from = random.below(source.length);
    const input = mutateText(random, source.slice(from, from + random.below(2_000)), "{}[]()<>=;,.\"'\\/*-+ \n\0é09ax");
    attempt(
      () => parseProto(input, "fuzz.proto", "fuzz.proto"),
      () => JSON.stringify(input),
      () => false,
    );
  };
});

const jsonBytes = Buffer.concat([
  Buffer.from('{}[],:"\\u0019.eE-+ntf/ \né_@'),
  Buffer.from([0, 0x1f, 0x80, 0xc3, 0xff]),
]);

const json = target("json", () => {
  const read = codec().encoder(kinds());
  const print = codec().decoder(kinds());
  return (random) => {
    const input = mutate(random, print(randomWire(random, routes().schema, kinds())), jsonBytes);
    const bytes = attempt(
      () => Buffer.from(read(input)),
      () => quoted(input),
      isGatewayRefusal,
    );
    if (bytes === null) return;
    // What is taken is JSON (RFC 8259), by an implementation that no one here wrote, and what it became can be told again.
    JSON.parse(input.toString());
    const again = Buffer.from(read(print(bytes)));
    check(print(again).equals(print(bytes)), () => `${quoted(input)} is not told as it was read`);
  };
});

const wire = target("wire", () => {
  const print = codec().decoder(kinds());
  return (random) => {
    const input = random.chance(0.2)
      ? randomBytes(random, random.below(80))
      : mutate(random, randomWire(random, routes().schema, kinds()), anyByte);
    const printed = attempt(
      () => print(input),
      () => input.toString("hex"),
      isGatewayRefusal,
    );
    if (printed !== null) JSON.parse(printed.toString());
  };
});

const splitJson = target("split-json", () => (random) => {
  const values = Array.from({ length: random.below(5) }, () =>
    random.pick(['{"a":[1,"]}"]}', "[]", '"\\""', "12", "null", "{}"]),
  );
  const whole = random.chance(0.5) ? `[${values.join(", ")}]` : values.join("\n");
  const input = random.chance(0.4) ? Buffer.from(whole) : mutate(random, Buffer.from(whole), jsonBytes);
  const kind = random.pick(["array", "values", "either"] as const);
  const limit = 5 + random.below(40);
  const told = (pieces: readonly Uint8Array[]): string[] => {
    const found: string[] = [];
    const splitter = createJsonSplitter(kind, limit, (part) => found.push(quoted(part)));
    const ended = attempt(
      () => {
        for (const piece of pieces) splitter.push(piece);
        splitter.end();
        return true;
      },
      () => quoted(input),
      isGatewayRefusal,
    );
    return [...found, ended === null ? "refused" : "ended"];
  };
  const once = told([input]);
  const cutUp = told(cut(random, input));
  check(
    isDeepStrictEqual(once, cutUp),
    () => `${kind} ${quoted(input)} is ${once.join()} whole, ${cutUp.join()} in pieces`,
  );
});

const query = target("query", () => {
  const binding = routes().bindings.find(({ pattern }) => pattern === "/q");
  if (binding === undefined) throw new Error("cannot find the rule of /q");
  const { requests } = resolveConfig(stageConfig("127.0.0.1:1", "http2"), projectRoot);
  const read = compileQuery(binding, codec(), requests, null);
  const print = codec().decoder(kinds());
  const out = createWriter();
  const names = [
    ...["string_value", "int32Value", "note.text", "note", "repeated_string", "string_to_string[a]", "color", "any"],
    ...[
      "int64_to_string[1]",
      "timestamp",
      "wrapped_bytes",
      "choice_text",
      "choiceNumber",
      "kinds.kinds.bool_value",
      "__proto__",
    ],
  ];
  const values = [
    "1",
    "",
    "a+b",
    "%C3%A9",
    "%7B%7D",
    "true",
    "RED",
    "1.5s",
    "2024-01-01T00:00:00Z",
    "%00",
    "%zz",
    "AA%3D",
  ];
  return (random) => {
    const pairs = Array.from({ length: random.below(5) }, () => `${random.pick(names)}=${random.pick(values)}`);
    const input = random.chance(0.5)
      ? pairs.join("&")
      : mutate(random, Buffer.from(pairs.join("&")), anyByte).toString("latin1");
    out.reset();
    const done = attempt(
      () => read(input, out),
      () => JSON.stringify(input),
      isGatewayRefusal,
    );
    if (done !== null) print(out.view());
  };
});

const path = target("path", () => {
  const matcher = createMatcher(
    routes().bindings.map((binding) => ({ binding, value: binding })),
    { multiSegment: "all-but-slash", ignoreTrailingSlash: false },
  );
  const patterns = routes().bindings.map(({ pattern }) => pattern.replace(/\{[^}]*\}/g, "1"));
  return (random) => {
    const input = mutate(
      random,
      Buffer.from(random.pick(patterns)),
      Buffer.from("/:%2F{}*.\xff\x00aé~", "latin1"),
    ).toString("latin1");
    attempt(
      () => matcher.match(random.pick(["GET", "POST", "PUT", "HEAD", "X"]), input),
      () => JSON.stringify(input),
      isGatewayRefusal,
    );
  };
});

const details = target("status-details", () => {
  const read = compileStatusDetails(routes().schema, codec());
  const status = messageOf("google.rpc.Status");
  return (random) => {
    const input = mutate(random, randomWire(random, routes().schema, status), anyByte);
    const found = attempt(
      () => read(input),
      () => input.toString("hex"),
      () => false,
    );
    for (const one of found?.json ?? []) JSON.parse(one);
  };
});

const joining = target("coalesce", () => {
  const tree: MergeTree = new Map([
    [17, new Map([[3, new Map()]])],
    [18, new Map()],
  ]);
  return (random) => {
    const input = mutate(random, randomWire(random, routes().schema, kinds()), anyByte);
    attempt(
      () => coalesce(input, tree),
      () => input.toString("hex"),
      (error) => error instanceof RangeError,
    );
  };
});

/** Every parser of every room. */
export const targets: readonly FuzzTarget[] = [
  ...[template, ruleFile, config, descriptorSet, reflection, proto, json, wire, splitJson, query, path],
  ...[frames, hpack, connection, messages, details, joining],
];

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function messageOf(name: string): MessageType {
  const message = routes().schema.messages.get(name);
  if (message === undefined) throw new Error(`cannot find message ${name}`);
  return message;
}
