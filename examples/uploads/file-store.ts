import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { projectRoot } from "../server/project-root.js";
import { notFound, refuse, StatusError } from "../server/status-error.js";
import { toTimestamp, type WireTimestamp } from "../server/time.js";

/** The largest file, in bytes: that of a message in gRPC's default settings. */
export const LARGEST_FILE = 4 * 1024 * 1024;

/** google.api.HttpBody as proto-loader has it. */
export interface HttpBody {
  readonly contentType: string;
  readonly data: Buffer;
}

/** portico.examples.v1.FileInfo as proto-loader has it. */
export interface FileInfo {
  readonly name: string;
  readonly contentType: string;
  readonly size: string;
  readonly sha256: Buffer;
  readonly updateTime: WireTimestamp;
}

/** A file and its bytes. */
export interface StoredFile {
  readonly info: FileInfo;
  readonly data: Buffer;
}

/** The files, in memory, sorted by name. */
export class FileStore {
  readonly #files = new Map<string, StoredFile>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
    this.put("files/docs/readme.md", "text/markdown", Buffer.from("# Files\n\nBytes in, bytes out.\n"));
    this.put("files/docs/empty.txt", "text/plain", Buffer.alloc(0));
    // A page that streams from these services; a browser opens it at /v1/files/pages/live.html.
    const page = readFileSync(join(projectRoot(), "examples/pages/live.html"));
    this.put("files/pages/live.html", "text/html; charset=utf-8", page);
    // Every byte there is: what is no text must come through as it is.
    this.put("files/data/bytes.bin", "application/octet-stream", Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
  }

  /** @throws StatusError INVALID_ARGUMENT, RESOURCE_EXHAUSTED */
  put(name: string, contentType: string, data: Buffer): FileInfo {
    if (!/^files\/[^/]+(\/[^/]+)*$/.test(name)) {
      refuse([{ field: "name", description: 'must be "files/" and a path without empty segments' }]);
    }
    if (data.length > LARGEST_FILE) throw tooLarge(name);
    const info: FileInfo = {
      name,
      contentType: contentType === "" ? "application/octet-stream" : contentType,
      size: String(data.length),
      sha256: createHash("sha256").update(data).digest(),
      updateTime: toTimestamp(this.#now()),
    };
    this.#files.set(name, { info, data });
    return info;
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  /** @throws StatusError NOT_FOUND */
  get(name: string): StoredFile {
    const file = this.#files.get(name);
    if (file === undefined) throw notFound("portico.examples.v1.File", name);
    return file;
  }

  /** @throws StatusError NOT_FOUND */
  delete(name: string): void {
    this.#files.delete(this.get(name).info.name);
  }

  list(prefix: string): FileInfo[] {
    return [...this.#files.values()]
      .map((file) => file.info)
      .filter((info) => info.name.startsWith(prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

/** RESOURCE_EXHAUSTED for a file above LARGEST_FILE. */
export function tooLarge(name: string): StatusError {
  return new StatusError(status.RESOURCE_EXHAUSTED, `${name} is larger than ${LARGEST_FILE} bytes`);
}
