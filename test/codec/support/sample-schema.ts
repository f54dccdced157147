import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadProtoFiles, type Schema } from "../../../src/schema/index.js";
import { projectRoot } from "../../support/project-root.js";

const folder = "portico/examples/v1";

/** The protos of the sample services, relative to proto/. */
export const sampleFiles: readonly string[] = readdirSync(join(projectRoot, "proto", folder)).map(
  (name) => `${folder}/${name}`,
);

export function sampleSchema(): Schema {
  return loadProtoFiles({
    cwd: projectRoot,
    roots: ["proto", "node_modules/google-proto-files"],
    files: [...sampleFiles],
  });
}

/** The full names of the messages that the sample services' protos declare. */
export function sampleMessages(schema: Schema): string[] {
  const messages = [...schema.messages.values()];
  return messages
    .filter(({ fullName, mapEntry }) => fullName.startsWith("portico.") && !mapEntry)
    .map(({ fullName }) => fullName);
}
