import { type AnyDefinition, loadSync, type MethodDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { describe, expect, it } from "vitest";
import type { FieldType, MessageType } from "../../src/schema/index.js";
import { loadSchema } from "../../src/schema/index.js";
import { coalesce, mergeTreeOf } from "../../src/transcode/coalesce.js";
import { Random } from "../codec/support/random.js";
import { buildDescriptors } from "../support/build-descriptors.js";
import { Oracle } from "../support/oracle.js";
import { projectRoot } from "../support/project-root.js";

const file = "test/transcode/coalesce.proto";
const schema = loadSchema([{ kind: "protos", roots: ["test/transcode"], files: [file], directory: projectRoot }]);
const oracle = new Oracle(buildDescriptors([{ root: "test/transcode", paths: ["coalesce.proto"] }]));
const whole = messageOf("portico.coalesce.v1.Whole");
const type = oracle.type("portico.coalesce.v1.Whole");

function messageOf(name: string): MessageType {
  const message = schema.messages.get(name);
  if (message === undefined) throw new Error(`cannot find ${name}`);
  return message;
}

/** The fields of a dotted path from the root message. */
function pathOf(dotted: string): FieldType[] {
  const path: FieldType[] = [];
  let message: MessageType | null = whole;
  for (const name of dotted.split(".")) {
    const field: FieldType | undefined = message?.fieldsByName.get(name);
    if (field === undefined) throw new Error(`cannot find ${name} of ${dotted}`);
    path.push(field);
    message = field.type.kind === "message" ? field.type.message : null;
  }
  return path;
}

const parts = (...messages: readonly object[]) => Buffer.concat(messages.map((json) => oracle.encode(type, json)));

describe("messages that several sources reach into are one", () => {
  const rows: readonly { title: string; paths: string[]; sent: object[]; gives: unknown }[] = [
    {
      title: "a message that is set by two keeps both",
      paths: ["part.text"],
      sent: [{ part: { weight: 1 } }, { part: { text: "a" } }],
      gives: { part: { text: "a", weight: 1 } },
    },
    {
      title: "the last value of a scalar wins",
      paths: ["part.text"],
      sent: [{ part: { text: "body", weight: 1 } }, { part: { text: "path" } }],
      gives: { part: { text: "path", weight: 1 } },
    },
    {
      title: "messages in messages are joined as well, lists appended",
      paths: ["part.inner.text", "part.inner.marks"],
      sent: [
        { part: { inner: { weight: 1, marks: [1] } } },
        { part: { inner: { text: "a" } } },
        { part: { inner: { marks: [2] } } },
      ],
      gives: { part: { inner: { text: "a", weight: 1, marks: [1, 2] } } },
    },
    {
      title: "groups are joined within their tags",
      paths: ["group.inner.text", "group.weight"],
      sent: [{ group: { inner: { weight: 1 } } }, { group: { weight: 2 } }, { group: { inner: { text: "a" } } }],
      gives: { group: { weight: 2, inner: { text: "a", weight: 1 } } },
    },
    {
      title: "a group in a message and a message in a group",
      paths: ["part.group.text", "group.part.text"],
      sent: [
        { part: { group: { weight: 1 } }, group: { part: { weight: 2 } } },
        { part: { group: { text: "a" } } },
        { group: { part: { text: "b" } } },
      ],
      gives: { part: { group: { text: "a", weight: 1 } }, group: { part: { text: "b", weight: 2 } } },
    },
    {
      title: "what no path leads through stays as it is: lists of messages, maps, scalars",
      paths: ["part.text"],
      sent: [
        { many: [{ text: "1" }, { text: "2" }], byName: { a: { weight: 1 } }, part: { weight: 1 } },
        { part: { text: "a" } },
      ],
      gives: {
        many: [{ text: "1" }, { text: "2" }],
        byName: { a: { weight: 1 } },
        part: { text: "a", weight: 1 },
      },
    },
    {
      title: "the last member of a oneof wins, wherever its message began",
      paths: ["choicePart.text"],
      sent: [{ choicePart: { weight: 1 } }, { choicePart: { text: "a" } }],
      gives: { choicePart: { text: "a", weight: 1 } },
    },
    {
      title: "one part alone stays as it is",
      paths: ["part.text"],
      sent: [{ part: { text: "a" } }],
      gives: { part: { text: "a" } },
    },
    { title: "nothing stays nothing", paths: ["part.text"], sent: [], gives: {} },
  ];

  it.each(rows)("$title", ({ paths, sent, gives }) => {
    const bytes = parts(...sent);
    const joined = coalesce(bytes, mergeTreeOf(paths.map(pathOf)));
    // What merging gives, by protobuf-es, which merges…
    expect(oracle.toJson(type, bytes)).toEqual(gives);
    expect(oracle.toJson(type, joined)).toEqual(gives);
    // …is what a service in Node reads, which keeps the last occurrence alone.
    expect(readInNode(joined)).toEqual(gives);
  });

  it("a service in Node does lose what is not joined", () => {
    expect(readInNode(parts({ part: { weight: 1 } }, { part: { text: "a" } }))).toEqual({ part: { text: "a" } });
  });

  it("of 1,000 random bodies with values of paths behind them, whether a parser merges or not", () => {
    const paths = ["part.text", "part.inner.text", "part.group.text", "group.inner.text", "group.part.text"];
    const tree = mergeTreeOf([...paths, "choicePart.text"].map(pathOf));
    for (let seed = 0; seed < 1_000; seed++) {
      const random = new Random(seed);
      const behind = Array.from({ length: random.below(4) }, () => valueAt(random.pick(paths), `p${random.below(9)}`));
      const bytes = parts(
        randomBody(random),
        ...behind,
        ...(random.chance(0.3) ? [{ choicePart: { text: "p" } }] : []),
      );
      const joined = coalesce(bytes, tree);
      const expected = oracle.toJson(type, bytes);
      expect(oracle.toJson(type, joined), `seed ${seed}`).toEqual(expected);
      expect(readInNode(joined), `seed ${seed}`).toEqual(expected);
    }
  });
});

function valueAt(path: string, text: string): object {
  return path.split(".").reduceRight<unknown>((inner, name) => ({ [name]: inner }), text) as object;
}

function randomBody(random: Random): object {
  const leaf = (): Record<string, unknown> => ({
    ...(random.chance(0.5) ? { text: `t${random.below(9)}` } : {}),
    ...(random.chance(0.5) ? { weight: 1 + random.below(300) } : {}),
    ...(random.chance(0.3) ? { marks: [1 + random.below(9)] } : {}),
  });
  const node = (): Record<string, unknown> => ({
    ...leaf(),
    ...(random.chance(0.5) ? { inner: leaf() } : {}),
    ...(random.chance(0.5) ? { group: leaf() } : {}),
    ...(random.chance(0.3) ? { part: leaf() } : {}),
  });
  return {
    ...(random.chance(0.7) ? { part: node() } : {}),
    ...(random.chance(0.7) ? { group: node() } : {}),
    ...(random.chance(0.3) ? { many: [leaf(), leaf()] } : {}),
    ...(random.chance(0.3) ? { choicePart: leaf() } : {}),
  };
}

const definition: AnyDefinition | undefined = loadSync(`${projectRoot}/${file}`)["portico.coalesce.v1.Reader"];
const { requestDeserialize } = (definition as ServiceDefinition)["Read"] as MethodDefinition<object, object>;

/** As a gRPC service in Node reads it: proto-loader has protobufjs 7; protobufjs 8 merges. */
function readInNode(bytes: Uint8Array): unknown {
  return JSON.parse(JSON.stringify(requestDeserialize(Buffer.from(bytes))));
}
