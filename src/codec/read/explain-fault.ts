import { GatewayError } from "../../core/index.js";
import type { FieldType, MessageType } from "../../schema/index.js";
import type { JsonCursor } from "./json-cursor.js";
import type { JsonFault } from "./json-fault.js";
import { findField, findJsonPath, printJsonPath } from "./json-path.js";

/** The error that a client gets for a fault in the text that the cursor holds. `root` is what the text is the JSON of. */
export function explainFault(fault: JsonFault, cursor: JsonCursor, root: MessageType | FieldType): GatewayError {
  if (fault.kind === "syntax") {
    return new GatewayError(
      "GW_BODY_NOT_JSON",
      `cannot read the body as JSON: ${fault.message} at ${place(cursor, fault.at)}`,
    );
  }
  const path = findJsonPath(cursor.bytes, cursor.end, fault.at);
  const isField = "cardinality" in root;
  const found = findField(path, isField ? null : root, isField ? root : null);
  const at = printJsonPath(path);
  switch (fault.kind) {
    case "deep":
      return new GatewayError(
        "GW_BODY_TOO_DEEP",
        `cannot read the body: it is ${fault.message} (at ${place(cursor, fault.at)})`,
      );
    case "unknown":
      return new GatewayError(
        "GW_FIELD_UNKNOWN",
        `cannot read ${fault.subject} from JSON: ${fault.message} (at ${at})`,
        {
          violation: { field: found.path, description: fault.message },
        },
      );
    default: {
      // A message, and all that is inside a well-known type, is named by the field that has it: its writer knows that one.
      const foreign = fault.subject === "" || fault.subject.includes(" google.protobuf.");
      const field = foreign ? (found.field ?? found.owner) : fault.subject.startsWith("message ") ? found.field : null;
      const subject = field === null ? fault.subject || "the body" : `field ${field.fullName}`;
      return new GatewayError("GW_FIELD_INVALID", `cannot read ${subject} from JSON: ${fault.message} (at ${at})`, {
        violation: { field: found.path, description: fault.message },
      });
    }
  }
}

/** `line 3, column 14 (offset 42)`: lines and columns from 1, columns in characters, offset in bytes from 0. */
function place(cursor: JsonCursor, offset: number): string {
  let line = 1;
  let column = 1;
  for (let at = 0; at < offset; at++) {
    const byte = cursor.bytes[at]!;
    if (byte === 0x0a) {
      line++;
      column = 1;
    } else if ((byte & 0xc0) !== 0x80) {
      column++;
    }
  }
  return `line ${line}, column ${column} (offset ${offset})`;
}
