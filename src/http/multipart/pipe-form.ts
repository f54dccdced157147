import type { IncomingMessage } from "node:http";
import type { PartHead, StreamCall } from "../../transcode/index.js";
import { type FormLimits, type FormReading, readForm } from "./read-form.js";

/** Hands a form to a stream as it arrives; a file in pieces, any other part whole. Gives what resumes a held one. */
export function pipeForm(request: IncomingMessage, limits: FormLimits, call: StreamCall): FormReading {
  let head: PartHead | null = null;
  let chunks: Buffer[] | null = null;
  return readForm(request, limits, {
    begin(begun, isFile) {
      head = begun;
      chunks = isFile ? null : [];
      if (isFile) call.form({ kind: "file", head });
    },
    data(bytes) {
      if (chunks === null) return call.form({ kind: "data", bytes });
      chunks.push(bytes);
      return true;
    },
    end() {
      if (chunks === null) call.form({ kind: "fileEnd" });
      else if (head !== null) call.form({ kind: "field", part: { ...head, bytes: Buffer.concat(chunks) } });
    },
    finish: () => call.bodyEnd(),
    fail: (error) => call.refuse(error),
  });
}
