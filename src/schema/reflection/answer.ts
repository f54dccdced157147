import { int, text } from "../binary/read-fields.js";
import { WireReader, WireType } from "../binary/wire-reader.js";

/** What a server answers; see grpc/reflection/v1/reflection.proto, ServerReflectionResponse. */
export type Answer =
  /** FileDescriptorProtos: what was asked for and, as the server likes, what it imports. */
  | { readonly kind: "files"; readonly files: readonly Buffer[] }
  | { readonly kind: "services"; readonly names: readonly string[] }
  | { readonly kind: "error"; readonly code: number; readonly message: string }
  /** None of these. */
  | { readonly kind: "other" };

/** Reads a ServerReflectionResponse. Of several answers in one the last counts. Throws a WireFault. */
export function readAnswer(bytes: Uint8Array): Answer {
  const reader = new WireReader(bytes);
  let answer: Answer = { kind: "other" };
  while (reader.next()) {
    switch (reader.number) {
      case 4:
        answer = { kind: "files", files: readFiles(reader.expect(WireType.LENGTH).message()) };
        break;
      case 6:
        answer = { kind: "services", names: readServices(reader.expect(WireType.LENGTH).message()) };
        break;
      case 7:
        answer = readError(reader.expect(WireType.LENGTH).message());
        break;
      default:
        reader.skip();
    }
  }
  return answer;
}

/** FileDescriptorResponse { repeated bytes file_descriptor_proto = 1 }. */
function readFiles(reader: WireReader): Buffer[] {
  const files: Buffer[] = [];
  while (reader.next()) {
    if (reader.number === 1) files.push(reader.expect(WireType.LENGTH).bytes());
    else reader.skip();
  }
  return files;
}

/** ListServiceResponse { repeated ServiceResponse service = 1 }, ServiceResponse { string name = 1 }. */
function readServices(reader: WireReader): string[] {
  const names: string[] = [];
  while (reader.next()) {
    if (reader.number === 1) names.push(readName(reader.expect(WireType.LENGTH).message()));
    else reader.skip();
  }
  return names;
}

function readName(reader: WireReader): string {
  let name = "";
  while (reader.next()) {
    if (reader.number === 1) name = text(reader);
    else reader.skip();
  }
  return name;
}

/** ErrorResponse { int32 error_code = 1; string error_message = 2 }. */
function readError(reader: WireReader): Answer {
  let code = 0;
  let message = "";
  while (reader.next()) {
    if (reader.number === 1) code = int(reader);
    else if (reader.number === 2) message = text(reader);
    else reader.skip();
  }
  return { kind: "error", code, message };
}
