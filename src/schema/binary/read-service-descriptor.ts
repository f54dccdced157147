import { type MethodDescriptor, NO_RAW_OPTIONS, type RawOptions, type ServiceDescriptor } from "../file-descriptor.js";
import { flag, optionBytes, readAll, submessage, text } from "./read-fields.js";
import { type Locations, NO_LOCATION } from "./read-source-info.js";
import type { WireReader } from "./wire-reader.js";

/** Reads a google.protobuf.ServiceDescriptorProto. */
export function readService(reader: WireReader, path: string, locations: Locations): ServiceDescriptor {
  const methods: WireReader[] = [];
  let name = "";
  let options: RawOptions = NO_RAW_OPTIONS;
  while (reader.next()) {
    if (reader.number === 1) name = text(reader);
    else if (reader.number === 2) methods.push(submessage(reader));
    else if (reader.number === 3) options = optionBytes(reader, options);
    else reader.skip();
  }
  return {
    name,
    ...(locations.get(path) ?? NO_LOCATION),
    options,
    methods: readAll(methods, path, 2, readMethod, locations),
  };
}

function readMethod(reader: WireReader, path: string, locations: Locations): MethodDescriptor {
  let name = "";
  let input = "";
  let output = "";
  let clientStreaming = false;
  let serverStreaming = false;
  let options: RawOptions = NO_RAW_OPTIONS;
  while (reader.next()) {
    switch (reader.number) {
      case 1:
        name = text(reader);
        break;
      case 2:
        input = text(reader);
        break;
      case 3:
        output = text(reader);
        break;
      case 4:
        options = optionBytes(reader, options);
        break;
      case 5:
        clientStreaming = flag(reader);
        break;
      case 6:
        serverStreaming = flag(reader);
        break;
      default:
        reader.skip();
    }
  }
  return { name, input, output, clientStreaming, serverStreaming, options, ...(locations.get(path) ?? NO_LOCATION) };
}
