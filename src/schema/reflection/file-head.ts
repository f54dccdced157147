import { text } from "../binary/read-fields.js";
import { WireReader } from "../binary/wire-reader.js";

/** What must be known of a FileDescriptorProto to ask on. */
export interface FileHead {
  readonly name: string;
  /** All that it imports, whatever the kind. */
  readonly imports: readonly string[];
}

/** Reads the name and the imports of a FileDescriptorProto. Throws a WireFault. */
export function readFileHead(bytes: Uint8Array): FileHead {
  const reader = new WireReader(bytes);
  let name = "";
  const imports: string[] = [];
  while (reader.next()) {
    switch (reader.number) {
      case 1:
        name = text(reader);
        break;
      case 3:
      case 15:
        imports.push(text(reader));
        break;
      default:
        reader.skip();
    }
  }
  return { name, imports };
}
