import { GatewayError, quoteValue } from "../../core/index.js";
import { type FormEncoder, invalid } from "../form/compile-form.js";
import type { FormEvent, FormPart, PartHead } from "../form/types.js";
import type { CallPlan, IncomingRequest } from "../types.js";

/** Reads a form as it arrives and gives the messages of a client stream. */
export interface FormReader {
  /** @throws GatewayError */
  event(event: FormEvent, send: (message: Uint8Array) => void): void;
  /** @throws GatewayError */
  end(send: (message: Uint8Array) => void): void;
}

/**
 * A form as a client stream: its fields, with path, query, file name and content type, are the first message, together
 * with the file's first chunk unless a oneof keeps them apart; each further chunk, of at most `chunkBytes`, is a message of
 * its own. A form without a file is one message.
 */
export function createFormReader(
  plan: CallPlan,
  request: IncomingRequest,
  form: FormEncoder,
  chunkBytes: number,
): FormReader {
  const fields: FormPart[] = [];
  let first: IncomingRequest | null = request;
  let file: PartHead | null = null;
  let open = false;

  /** One message; the first has the fields. */
  const message = (data: FormPart | null): Uint8Array => {
    const parts = first === null ? [] : [...fields];
    if (data !== null) parts.push(data);
    const bytes = plan.encodeRequest.form(parts, first);
    first = null;
    return bytes;
  };

  const begin = (head: PartHead, send: (message: Uint8Array) => void): void => {
    if (file !== null) throw invalid(head.name, "a stream takes one file");
    const target = form.target(head);
    if (!target.takesBytes || target.repeatable) {
      throw invalid(
        head.name,
        `${target.field.fullName} cannot take a file in chunks: it is neither bytes nor HttpBody`,
      );
    }
    // A part is told to be a file by its name, which may be missing beside application/octet-stream.
    file = { ...head, fileName: head.fileName ?? "" };
    open = true;
    addNamed(plan.upload.fileName, head.fileName);
    addNamed(plan.upload.contentType, head.contentType);
    if (fields.some((part) => form.exclusive(form.target(part), target))) send(message(null));
  };

  /** What a file says of itself, as a field, unless the form has that field. */
  const addNamed = (name: string | null, value: string | null): void => {
    if (name === null || value === null) return;
    const part = { name, fileName: null, contentType: "text/plain", bytes: Buffer.from(value) };
    const target = form.target(part);
    if (!fields.some((other) => form.target(other).name === target.name)) fields.push(part);
  };

  return {
    event(event, send) {
      switch (event.kind) {
        case "field":
          if (file !== null) throw invalid(event.part.name, `it comes after the file ${quoteValue(file.name)}`);
          form.target(event.part);
          fields.push(event.part);
          break;
        case "file":
          begin(event.head, send);
          break;
        case "data":
          if (file === null) throw new GatewayError("GW_INTERNAL", "data of a file came before the file");
          for (let at = 0; at < event.bytes.length; at += chunkBytes) {
            // The content type is told once, by the first message.
            const contentType = first === null ? "" : file.contentType;
            send(message({ ...file, contentType, bytes: event.bytes.subarray(at, at + chunkBytes) }));
            open = false;
          }
          break;
        case "fileEnd":
          // An empty file is a file.
          if (open && file !== null) send(message({ ...file, bytes: new Uint8Array(0) }));
          open = false;
          break;
      }
    },
    end(send) {
      if (first !== null) send(message(null));
    },
  };
}
