import type { FieldType } from "../schema/index.js";
import { delimitedGroup, lengthDelimited, scanFields, type WireField } from "./wire.js";

/** The message fields of a message that may occur more than once in its bytes, by number, and those inside them. */
export type MergeTree = ReadonlyMap<number, MergeTree>;

/** The tree of the messages that field paths lead through. */
export function mergeTreeOf(paths: readonly (readonly FieldType[])[]): MergeTree {
  const root = new Map<number, Map<number, unknown>>();
  for (const path of paths) {
    let at = root;
    for (const field of path.slice(0, -1)) {
      const next = at.get(field.number) ?? new Map();
      at.set(field.number, next);
      at = next as typeof root;
    }
  }
  return root as MergeTree;
}

/**
 * Joins the occurrences of singular messages that body, query and path have appended one after the other. A parser
 * should merge them ("Last One Wins", protobuf.dev/programming-guides/encoding), but protobufjs 7, and with it most gRPC
 * services in Node, keeps the last alone. The contents are joined where the last one stands, which is what merging gives.
 */
export function coalesce(message: Uint8Array, tree: MergeTree): Uint8Array {
  if (tree.size === 0) return message;
  const contents = new Map<number, Uint8Array[]>();
  const last = new Map<number, WireField>();
  for (const field of scanFields(message)) {
    if (!tree.has(field.number)) continue;
    const parts = contents.get(field.number) ?? [];
    parts.push(field.bytes);
    contents.set(field.number, parts);
    last.set(field.number, field);
  }

  const out: Uint8Array[] = [];
  let start = 0;
  for (const field of scanFields(message)) {
    const parts = contents.get(field.number);
    const inner = tree.get(field.number);
    if (parts === undefined || inner === undefined) out.push(message.subarray(start, field.end));
    else if (last.get(field.number)?.end === field.end) {
      const bytes = coalesce(Buffer.concat(parts), inner);
      out.push(field.group ? delimitedGroup(field.number, bytes) : lengthDelimited(field.number, bytes));
    }
    start = field.end;
  }
  return Buffer.concat(out);
}
