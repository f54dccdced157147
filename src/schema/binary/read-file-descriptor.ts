import { quoteValue, type Steps } from "../../core/index.js";
import { type FileDescriptor, type ImportDescriptor, NO_RAW_OPTIONS, type RawOptions } from "../file-descriptor.js";
import { int, optionBytes, readAll, readAllInSteps, submessage, text } from "./read-fields.js";
import { readEnum, readField, readMessage } from "./read-message-descriptor.js";
import { readService } from "./read-service-descriptor.js";
import { type Location, type Locations, NO_LOCATION, pathKey, readSourceInfo, varintText } from "./read-source-info.js";
import { WireFault, type WireReader } from "./wire-reader.js";

/** google.protobuf.Edition, as descriptor.proto numbers it. */
const EDITIONS: ReadonlyMap<number, string> = new Map([
  [1000, "2023"],
  [1001, "2024"],
  [1002, "2026"],
]);

/** Reads a google.protobuf.FileDescriptorProto. Throws a WireFault. */
export function* readFileDescriptor(reader: WireReader): Steps<FileDescriptor> {
  let name = "";
  let packageName = "";
  let syntax = "";
  let edition = 0;
  let options: RawOptions = NO_RAW_OPTIONS;
  const dependencies: string[] = [];
  const optionDependencies: string[] = [];
  const publics: number[] = [];
  const weaks: number[] = [];
  // The elements wait for the locations, which come behind them.
  const messages: WireReader[] = [];
  const enums: WireReader[] = [];
  const services: WireReader[] = [];
  const extensions: WireReader[] = [];
  const locations = new Map<string, Location>();
  while (reader.next()) {
    switch (reader.number) {
      case 1:
        name = text(reader);
        break;
      case 2:
        packageName = text(reader);
        break;
      case 3:
        dependencies.push(text(reader));
        break;
      case 4:
        messages.push(submessage(reader));
        break;
      case 5:
        enums.push(submessage(reader));
        break;
      case 6:
        services.push(submessage(reader));
        break;
      case 7:
        extensions.push(submessage(reader));
        break;
      case 8:
        options = optionBytes(reader, options);
        break;
      case 9:
        yield* readSourceInfo(submessage(reader), locations);
        break;
      case 10:
        reader.int32s(publics);
        break;
      case 11:
        reader.int32s(weaks);
        break;
      case 12:
        syntax = text(reader);
        break;
      case 14:
        edition = int(reader);
        break;
      case 15:
        optionDependencies.push(text(reader));
        break;
      default:
        reader.skip();
    }
  }
  const dialect = dialectOf(name, syntax, edition);
  const place = (path: string): Location => locations.get(path) ?? NO_LOCATION;
  const packagePlace = place(varintText(2));
  return {
    name,
    display: name,
    bundled: false,
    package: packageName,
    packagePosition: packagePlace.position,
    ...dialect,
    imports: readImports(dependencies, optionDependencies, publics, weaks, locations),
    messages: yield* readAllInSteps(messages, "", 4, readMessage, locations),
    enums: readAll(enums, "", 5, readEnum, locations),
    services: readAll(services, "", 6, readService, locations),
    extensions: readAll(extensions, "", 7, readField, locations),
    options,
    // Of an edition the path is that of `edition` or still that of `syntax`: compilers differ.
    syntaxComments: (locations.get(varintText(14)) ?? place(varintText(12))).comments,
    packageComments: packagePlace.comments,
  };
}

function dialectOf(name: string, syntax: string, edition: number): Pick<FileDescriptor, "syntax" | "edition"> {
  switch (syntax) {
    case "":
    case "proto2":
      return { syntax: "proto2", edition: "" };
    case "proto3":
      return { syntax: "proto3", edition: "" };
    case "editions": {
      const known = EDITIONS.get(edition);
      if (known !== undefined) return { syntax: "editions", edition: known };
      throw new WireFault(`file ${quoteValue(name)} has the edition ${edition}, which is not known here`);
    }
    default:
      throw new WireFault(`file ${quoteValue(name)} has the syntax ${quoteValue(syntax)}, which is not known here`);
  }
}

function readImports(
  dependencies: readonly string[],
  optionDependencies: readonly string[],
  publics: readonly number[],
  weaks: readonly number[],
  locations: Locations,
): ImportDescriptor[] {
  const kinds: ImportDescriptor["kind"][] = dependencies.map(() => "plain");
  for (const index of publics) if (index in kinds) kinds[index] = "public";
  for (const index of weaks) if (index in kinds) kinds[index] = "weak";
  const at = (field: number, index: number) => locations.get(pathKey("", field, index))?.position ?? null;
  return [
    ...dependencies.map((file, i) => ({ name: file, kind: kinds[i] ?? "plain", position: at(3, i) })),
    ...optionDependencies.map((file, i) => ({ name: file, kind: "option" as const, position: at(15, i) })),
  ];
}
