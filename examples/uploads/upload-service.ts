import { createHash } from "node:crypto";
import { Metadata, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { type CallContext, clientStream, serverStream, unary } from "../server/handlers.js";
import { invalidArgument, refuse, StatusError } from "../server/status-error.js";
import { type FileInfo, type FileStore, type HttpBody, LARGEST_FILE, tooLarge } from "./file-store.js";

const DEFAULT_CHUNK = 65_536;
const LARGEST_CHUNK = 1_048_576;

interface UploadChunk {
  readonly header?: { readonly name: string; readonly contentType: string };
  readonly data?: Buffer;
}

interface UploadPiece {
  readonly name: string;
  readonly content: HttpBody | null;
}

/** portico.examples.v1.UploadService over a store. */
export function uploadService(files: FileStore): UntypedServiceImplementation {
  return {
    PutFile: unary((request: { name: string; file: HttpBody | null; createOnly: boolean }) => {
      if (request.createOnly && files.has(request.name)) {
        throw new StatusError(status.ALREADY_EXISTS, `${request.name} is there already`);
      }
      return files.put(request.name, request.file?.contentType ?? "", request.file?.data ?? Buffer.alloc(0));
    }),

    GetFile: unary((request: { name: string }): HttpBody => {
      const { info, data } = files.get(request.name);
      return { contentType: info.contentType, data };
    }),

    StatFile: unary((request: { name: string }, context) => {
      const { info } = files.get(request.name);
      sendFileHeader(info, context);
      return info;
    }),

    GetFileContent: unary((request: { name: string }) => {
      const { info, data } = files.get(request.name);
      return { info, content: { contentType: info.contentType, data } };
    }),

    ListFiles: unary((request: { prefix: string }) => ({ files: files.list(request.prefix) })),

    DeleteFile: unary((request: { name: string }) => {
      files.delete(request.name);
      return {};
    }),

    DigestFile: unary((body: HttpBody) => ({
      sha256: createHash("sha256").update(body.data).digest(),
      size: String(body.data.length),
      contentType: body.contentType,
    })),

    UploadChunks: clientStream((chunks: AsyncIterable<UploadChunk>) => storeChunks(files, chunks)),

    UploadFile: clientStream((pieces: AsyncIterable<UploadPiece>) => storePieces(files, pieces)),

    DownloadFile: serverStream(function* (request: { name: string; chunkSize: number }): Generator<HttpBody> {
      if (request.chunkSize < 0 || request.chunkSize > LARGEST_CHUNK) {
        refuse([{ field: "chunk_size", description: `must be between 0 and ${LARGEST_CHUNK}` }]);
      }
      const { info, data } = files.get(request.name);
      const size = request.chunkSize === 0 ? DEFAULT_CHUNK : request.chunkSize;
      // At least one message, which carries the content type of an empty file.
      for (let start = 0; start === 0 || start < data.length; start += size) {
        yield { contentType: info.contentType, data: data.subarray(start, start + size) };
      }
    }),
  };
}

function sendFileHeader(info: FileInfo, context: CallContext): void {
  const metadata = new Metadata();
  metadata.set("x-file-size", info.size);
  metadata.set("x-file-sha256", info.sha256.toString("hex"));
  context.sendHeader(metadata);
}

async function storeChunks(files: FileStore, chunks: AsyncIterable<UploadChunk>): Promise<FileInfo> {
  let header: UploadChunk["header"] | null = null;
  const data = new Pieces();
  for await (const chunk of chunks) {
    if (chunk.header !== undefined) {
      if (header !== null) throw invalidArgument([{ field: "header", description: "must come once" }]);
      header = chunk.header;
    } else if (header === null) {
      throw invalidArgument([{ field: "header", description: "must come before the data" }]);
    } else {
      data.add(chunk.data ?? Buffer.alloc(0), header.name);
    }
  }
  if (header === null) throw invalidArgument([{ field: "header", description: "must be given" }]);
  return files.put(header.name, header.contentType, data.join());
}

async function storePieces(files: FileStore, pieces: AsyncIterable<UploadPiece>): Promise<FileInfo> {
  let name = "";
  let contentType = "";
  const data = new Pieces();
  for await (const piece of pieces) {
    if (name === "") {
      name = piece.name;
      contentType = piece.content?.contentType ?? "";
    }
    data.add(piece.content?.data ?? Buffer.alloc(0), name);
  }
  return files.put(name, contentType, data.join());
}

/** The pieces of one file, as far as they are within the limit. */
class Pieces {
  readonly #pieces: Buffer[] = [];
  #size = 0;

  /** @throws StatusError RESOURCE_EXHAUSTED */
  add(piece: Buffer, name: string): void {
    this.#size += piece.length;
    if (this.#size > LARGEST_FILE) throw tooLarge(name);
    this.#pieces.push(piece);
  }

  join(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
