import { readFileSync } from "node:fs";
import path from "node:path";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import type { FieldType } from "../../src/schema/index.js";
import { loadProtoFiles } from "../../src/schema/index.js";
import { glob } from "../../src/schema/source/glob.js";
import { parseProto } from "../../src/schema/source/parse-proto.js";
import { googleRoot } from "./support/build-set.js";

/**
 * protobufjs's parser, which no one here wrote, must find the same messages, fields, enums and methods. It is an oracle and
 * not the parser of this room: the second test keeps the reasons.
 */
describe("the parser beside that of protobufjs", () => {
  it("finds the same declarations in google-proto-files", () => {
    const files = glob(
      "google/{api,rpc,type,iam,logging,pubsub,spanner,firestore,storage,chat}/**/*.proto",
      googleRoot,
    );
    const schema = loadProtoFiles({ roots: [googleRoot], files, cwd: googleRoot });
    const root = new protobuf.Root();
    // Parsed one by one: by themselves protobufjs takes google/protobuf/*.proto from its own bundle.
    for (const name of schema.files.keys()) {
      protobuf.parse(readFileSync(path.join(googleRoot, name), "utf8"), root, { keepCase: true });
    }
    root.resolveAll();

    const ours = new Map<string, string>();
    for (const message of schema.messages.values()) {
      if (message.mapEntry) continue;
      ours.set(message.fullName, message.fields.map(describeField).sort().join("\n"));
    }
    for (const type of schema.enums.values()) {
      ours.set(type.fullName, type.values.map((value) => `${value.name} = ${value.number}`).join("\n"));
    }
    for (const service of schema.services.values()) {
      const methods = service.methods.map((method) => {
        const { name, input, output, clientStreaming, serverStreaming } = method;
        return `${name} ${clientStreaming} ${input.fullName} ${serverStreaming} ${output.fullName}`;
      });
      ours.set(service.fullName, methods.join("\n"));
    }
    const theirs = new Map<string, string>();
    collect(root, theirs);
    expect(theirs).toEqual(ours);
    expect(ours.size).toBeGreaterThan(1000);
  });

  const refused: readonly { readonly title: string; readonly body: string; readonly outcome: string }[] = [
    { title: "groups in oneofs", body: "oneof o { group G = 1 {} }", outcome: "TypeError: field must be a Field" },
    {
      title: "oneofs in groups",
      body: "optional group G = 1 { oneof o { int32 a = 1; } }",
      outcome: "Error: illegal token 'oneof' (line 1)",
    },
    {
      title: "extension ranges in groups",
      body: "optional group G = 1 { extensions 4; }",
      outcome: "Error: illegal token 'extensions' (line 1)",
    },
    {
      title: "the lower-case names of groups",
      body: "optional group FooBar = 1 {}",
      outcome: '{"fooBar":{"type":"FooBar","id":1}}',
    },
    { title: "fields that are called __proto__", body: "optional int32 __proto__ = 1;", outcome: "{}" },
    {
      title: "64-bit defaults",
      body: "optional int64 a = 1 [default = 9223372036854775807];",
      outcome: '{"a":{"type":"int64","id":1,"options":{"default":9223372036854776000}}}',
    },
    {
      title: "bytes apart from characters",
      body: 'optional bytes a = 1 [default = "\\303\\251"];',
      outcome: '{"a":{"type":"bytes","id":1,"options":{"default":"Ã©"}}}',
    },
    {
      title: "angle brackets in options",
      body: "option (x) = { a < b: 1 > };",
      outcome: "Error: illegal value '<' (line 1)",
    },
    {
      title: "hexadecimal numbers with a capital X",
      body: "optional int32 a = 0X1F;",
      outcome: "Error: illegal id '0X1F' (line 1)",
    },
    {
      title: "blanks in the value type of a map",
      body: "map<int32, a . b> m = 1;",
      outcome: "Error: illegal token '.', '>' expected (line 1)",
    },
  ];
  it.each(refused)("reads $title, which protobufjs 8.8 does not", ({ body, outcome }) => {
    const text = `syntax = "proto2"; message M { ${body} }`;
    expect(parseProto(text, "m.proto", "m.proto").faults).toEqual([]);
    expect(protobufjsReads(text)).toBe(outcome);
  });
});

function protobufjsReads(text: string): string {
  try {
    const { root } = protobuf.parse(text, { keepCase: true });
    return JSON.stringify(root.lookupType("M").toJSON().fields);
  } catch (error) {
    return String(error);
  }
}

function describeField(field: FieldType): string {
  const { name, number, type, cardinality } = field;
  const value =
    type.kind === "scalar" ? type.scalar : type.kind === "enum" ? type.enum.fullName : type.message.fullName;
  const shape = cardinality.kind === "map" ? `map ${cardinality.key}` : cardinality.kind;
  return `${name} = ${number}: ${shape} ${value}${field.oneof === null ? "" : ` in ${field.oneof.name}`}`;
}

function describeTheirField(field: protobuf.Field): string {
  const { name, id, type, resolvedType, partOf } = field;
  const value = resolvedType === null ? type : resolvedType.fullName.slice(1);
  const shape = field instanceof protobuf.MapField ? `map ${field.keyType}` : field.repeated ? "repeated" : "singular";
  // protobufjs makes a oneof of every proto3 optional field.
  const oneof = partOf === null || field.options?.["proto3_optional"] === true ? "" : ` in ${partOf.name}`;
  return `${name} = ${id}: ${shape} ${value}${oneof}`;
}

function collect(namespace: protobuf.NamespaceBase, into: Map<string, string>): void {
  for (const nested of namespace.nestedArray) {
    const fullName = nested.fullName.slice(1);
    if (nested instanceof protobuf.Type) {
      into.set(
        fullName,
        nested.fieldsArray
          .filter((field) => !field.declaringField)
          .map(describeTheirField)
          .sort()
          .join("\n"),
      );
    } else if (nested instanceof protobuf.Enum) {
      into.set(
        fullName,
        Object.entries(nested.values)
          .map(([name, number]) => `${name} = ${number}`)
          .join("\n"),
      );
    } else if (nested instanceof protobuf.Service) {
      const methods = nested.methodsArray.map((method) => {
        const { name, requestStream, responseStream, resolvedRequestType, resolvedResponseType } = method;
        const [input, output] = [resolvedRequestType, resolvedResponseType].map((type) => type?.fullName.slice(1));
        return `${name} ${requestStream ?? false} ${input} ${responseStream ?? false} ${output}`;
      });
      into.set(fullName, methods.join("\n"));
    }
    if (nested instanceof protobuf.Namespace) collect(nested, into);
  }
}
