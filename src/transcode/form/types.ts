/** What a part of a form says of itself (RFC 7578, 4). */
export interface PartHead {
  /** A field path in the request message: proto or JSON names, joined by dots. */
  readonly name: string;
  /** Without folders; null for a part that is no file. */
  readonly fileName: string | null;
  /** The media type in lower case, without parameters; text/plain where the part names none. */
  readonly contentType: string;
}

/** A whole part of multipart/form-data. */
export interface FormPart extends PartHead {
  readonly bytes: Uint8Array;
}

/** What a form that arrives in pieces has brought. */
export type FormEvent =
  | { readonly kind: "field"; readonly part: FormPart }
  /** A file begins; `data` follows, then `fileEnd`. */
  | { readonly kind: "file"; readonly head: PartHead }
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "fileEnd" };
