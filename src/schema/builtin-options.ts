import { readFileSync } from "node:fs";
import path from "node:path";
import { finish } from "../core/index.js";
import { linkSchema } from "./link/link-schema.js";
import { parseProto } from "./source/parse-proto.js";
import { bundledRoot } from "./source/proto-roots.js";
import type { MessageType, Schema } from "./types.js";

const DESCRIPTOR = "google/protobuf/descriptor.proto";

let schema: Schema | null = null;

/**
 * The options messages of google/protobuf/descriptor.proto, for files that do not import it: `deprecated` and its like
 * must be read all the same. The file is read once, when first needed.
 */
export function builtinOptions(name: string): MessageType | null {
  if (schema === null) {
    const text = readFileSync(path.join(bundledRoot(), DESCRIPTOR), "utf8");
    const { file } = parseProto(text, DESCRIPTOR, DESCRIPTOR);
    // The file has its own options messages among its messages.
    schema = finish(linkSchema([file], () => null));
  }
  return schema.messages.get(`google.protobuf.${name}`) ?? null;
}
