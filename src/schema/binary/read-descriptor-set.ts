import { finish } from "../../core/index.js";
import type { FileDescriptor } from "../file-descriptor.js";
import { readFileDescriptor } from "./read-file-descriptor.js";
import { WireReader, WireType } from "./wire-reader.js";

/**
 * Reads a google.protobuf.FileDescriptorSet, or a Buf image, which is one with an extension in each file (field 8042)
 * that is skipped here. Throws a WireFault.
 */
export function readDescriptorSet(bytes: Uint8Array): FileDescriptor[] {
  const reader = new WireReader(bytes);
  const files: FileDescriptor[] = [];
  while (reader.next()) {
    if (reader.number === 1) files.push(finish(readFileDescriptor(reader.expect(WireType.LENGTH).message())));
    else reader.skip();
  }
  return files;
}
