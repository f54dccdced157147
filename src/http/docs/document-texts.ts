import { createHash } from "node:crypto";
import { madeOf } from "../../core/index.js";

/** A document as plain data; what is in it is the writer's business. */
export interface PlainDocument {
  readonly [member: string]: unknown;
}

/** Gives the text of a document. */
export type PrintDocument = (format: "json" | "yaml") => string;

/** A document and its text. Another document is another object, so that what was made of one is known by it. */
export interface Documentation {
  readonly document: PlainDocument;
  readonly print: PrintDocument;
}

/** One text of a document with what its headers say. */
export interface DocumentText {
  readonly body: Buffer;
  readonly contentType: string;
  /** An entity tag (RFC 9110, 8.8.3): strong, as the text of one document is always the same bytes. */
  readonly tag: string;
}

/** Where a text is served. It is made when it is first asked for, of the document that there is then. */
export interface DocumentRoute {
  readonly url: string;
  readonly text: () => DocumentText;
}

/** The JSON and the YAML of a document and where they are served; `path` is that of the one that its ending names. */
export function documentTexts(current: () => Documentation, path: string): readonly DocumentRoute[] {
  const stem = path.replace(/\.(json|ya?ml)$/, "");
  const isYaml = /\.ya?ml$/.test(path);
  return [
    {
      url: isYaml ? `${stem}.json` : path,
      text: madeOf(current, ({ print }) => textOf(print("json"), "application/json; charset=utf-8")),
    },
    // RFC 9512
    {
      url: isYaml ? path : `${stem}.yaml`,
      text: madeOf(current, ({ print }) => textOf(print("yaml"), "application/yaml; charset=utf-8")),
    },
  ];
}

function textOf(text: string, contentType: string): DocumentText {
  const body = Buffer.from(text);
  const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  return { body, contentType, tag };
}
