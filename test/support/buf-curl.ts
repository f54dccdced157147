import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

/** The buf CLI, to be run with Node. */
export const bufPath = join(createRequire(import.meta.url).resolve("@bufbuild/buf/package.json"), "../bin/buf");

/**
 * Runs `buf curl` against a gRPC server without TLS: a client with an implementation of server reflection that no one
 * here wrote. It has no other source of schemas.
 * @param path "pkg.Service/Method", or "" with a flag that needs none
 * @returns what it prints
 * @throws Error with what it prints when the call fails
 */
export async function bufCurl(address: string, path: string, ...flags: readonly string[]): Promise<string> {
  const args = ["curl", "--protocol", "grpc", "--http2-prior-knowledge", ...flags, `http://${address}/${path}`];
  const { stdout } = await promisify(execFile)(process.execPath, [bufPath, ...args]);
  return stdout;
}
