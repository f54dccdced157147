import { createHash } from "node:crypto";
import type { Documents, TextRequest } from "./types.js";

/** One text of a document with what its headers say. */
export interface DocumentText {
  readonly body: Buffer;
  readonly contentType: string;
  /** An entity tag (RFC 9110, 8.8.3): strong, as the text is always the same bytes. */
  readonly tag: string;
}

/** Where the texts are served: `path` is that of the format that its ending names, the other stands beside it. */
export function documentPaths(path: string): Readonly<Record<TextRequest["format"], string>> {
  const stem = path.replace(/\.(json|ya?ml)$/, "");
  const isYaml = /\.ya?ml$/.test(path);
  return isYaml ? { json: `${stem}.json`, yaml: path } : { json: path, yaml: `${stem}.yaml` };
}

// RFC 9512
const types = { json: "application/json; charset=utf-8", yaml: "application/yaml; charset=utf-8" };

/** Gives the texts of documents. Each is made when it is first asked for, and kept as long as its documents are. */
export function createTexts(): (documents: Documents, request: TextRequest) => Promise<DocumentText> {
  const kept = new WeakMap<Documents, Map<string, Promise<DocumentText>>>();
  const make = async (documents: Documents, request: TextRequest): Promise<DocumentText> =>
    textOf(await documents.print(request), types[request.format]);
  return (documents, request) => {
    const texts = kept.get(documents) ?? new Map<string, Promise<DocumentText>>();
    kept.set(documents, texts);
    const key = JSON.stringify([request.part, request.version, request.format]);
    const text = texts.get(key) ?? make(documents, request);
    texts.set(key, text);
    return text;
  };
}

export function textOf(text: string, contentType: string): DocumentText {
  const body = Buffer.from(text);
  const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  return { body, contentType, tag };
}
