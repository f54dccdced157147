import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The fixtures' protos as a FileDescriptorSet, compiled with buf. The bench runs from the project's folder. */
export function fixtureDescriptors(): Uint8Array {
  const buf = join("node_modules", "@bufbuild", "buf", "bin", "buf");
  const flags = ["--as-file-descriptor-set", "--exclude-source-info", "-o", "-"];
  return execFileSync(process.execPath, [buf, "build", join("bench", "codec"), ...flags]);
}

export const fixtureProto = join("bench", "codec", "fixtures.proto");
