import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FieldType, loadProtoFiles, type MessageType, type Schema } from "../../../src/schema/index.js";
import { projectRoot } from "../../support/project-root.js";

/** The Schema of one .proto text, so that types stand beside what a test says of them. */
export function compileProto(text: string): Schema {
  const folder = mkdtempSync(join(tmpdir(), "portico-codec-"));
  try {
    writeFileSync(join(folder, "test.proto"), text);
    return loadProtoFiles({
      cwd: projectRoot,
      roots: [folder, "node_modules/google-proto-files"],
      files: ["test.proto"],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A field by the names on the way to it. Throws if there is none. */
export function fieldPath(message: MessageType, ...names: readonly string[]): FieldType[] {
  const path: FieldType[] = [];
  let current: MessageType | null = message;
  for (const name of names) {
    const field: FieldType | undefined = current?.fieldsByName.get(name);
    if (field === undefined) throw new Error(`cannot find field ${names.join(".")}`);
    path.push(field);
    current = field.type.kind === "message" ? field.type.message : null;
  }
  return path;
}

export function fieldOf(message: MessageType, name: string): FieldType {
  const [field] = fieldPath(message, name);
  if (field === undefined) throw new Error(`cannot find field ${name}`);
  return field;
}
