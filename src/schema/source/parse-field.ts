import { isUtf8 } from "node:buffer";
import type {
  FieldDescriptor,
  MessageDescriptor,
  OptionStatement,
  Position,
  RawDefault,
  RawOptions,
  TypeReference,
} from "../file-descriptor.js";
import { NO_COMMENTS, NO_RAW_OPTIONS } from "../file-descriptor.js";
import { mapEntryName } from "../names.js";
import type { Comments, ScalarType } from "../types.js";
import type { Cursor } from "./cursor.js";
import { parseInlineOptions } from "./parse-options.js";
import { SyntaxFault } from "./scanner.js";

/** What the syntax of the file decides while its text is read. */
export interface Dialect {
  readonly syntax: "proto2" | "proto3" | "editions";
  readonly edition: string;
}

/** A field as it stands, and what it brings with it. */
export interface ParsedField {
  readonly field: FieldDescriptor;
  /** The entry message of a map. */
  readonly entry: MessageDescriptor | null;
  /** The name of a group's message: the cursor stands in front of its opening brace. */
  readonly group: string | null;
}

const SCALARS: ReadonlySet<string> = new Set<ScalarType>([
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
]);

const LARGEST_NUMBER = 0x7fffffff;

export function isScalar(name: string): name is ScalarType {
  return SCALARS.has(name);
}

/** A field of a message, a oneof (`oneof` is its index then) or an extend block (`extendee` is what it extends). */
export function parseField(
  cursor: Cursor,
  dialect: Dialect,
  oneof: number | null,
  extendee: string | null,
): ParsedField {
  const { position } = cursor;
  const label = parseLabel(cursor, dialect, oneof !== null);
  if (label === null && cursor.at("map")) {
    cursor.scanner.next();
    if (cursor.at("<")) return parseMap(cursor, position, oneof, extendee);
    return parseRest(cursor, dialect, { position, label, type: restOfName(cursor, "map"), oneof, extendee });
  }
  const type = parseType(cursor, dialect);
  return parseRest(cursor, dialect, { position, label, type, oneof, extendee });
}

type Label = FieldDescriptor["label"] | null;

interface Head {
  readonly position: Position;
  readonly label: Label;
  readonly type: TypeReference;
  readonly oneof: number | null;
  readonly extendee: string | null;
}

function parseLabel(cursor: Cursor, dialect: Dialect, inOneof: boolean): Label {
  for (const label of ["optional", "required", "repeated"] as const) {
    if (!cursor.at(label)) continue;
    if (inOneof) throw new SyntaxFault("a field of a oneof has no label", cursor.position);
    if (label === "required" && dialect.syntax === "proto3") {
      throw new SyntaxFault("proto3 has no required fields", cursor.position);
    }
    if (label !== "repeated" && dialect.syntax === "editions") {
      throw new SyntaxFault(`editions have no label "${label}": use the feature field_presence`, cursor.position);
    }
    cursor.scanner.next();
    return label;
  }
  return null;
}

function parseType(cursor: Cursor, dialect: Dialect): TypeReference {
  const { position, scanner } = cursor;
  if (scanner.kind === "identifier" && isScalar(scanner.text)) {
    const scalar = scanner.text;
    scanner.next();
    return { kind: "scalar", scalar };
  }
  if (!cursor.at("group")) return { kind: "named", name: cursor.fullIdentifier("the type of a field", true) };
  scanner.next();
  if (dialect.syntax !== "proto2") {
    const instead = dialect.syntax === "editions" ? ": use the feature message_encoding" : "";
    throw new SyntaxFault(`there are no groups in ${dialect.syntax}${instead}`, position);
  }
  const name = scanner.text;
  if (scanner.kind === "identifier" && !/^[A-Z]/.test(name)) {
    throw new SyntaxFault(`the name of a group begins with a capital letter, got "${name}"`, cursor.position);
  }
  return { kind: "group", name };
}

function restOfName(cursor: Cursor, first: string): TypeReference {
  let name = first;
  while (cursor.accept(".")) name += `.${cursor.identifier("the type of a field")}`;
  return { kind: "named", name };
}

function parseRest(cursor: Cursor, dialect: Dialect, head: Head): ParsedField {
  const { position, type, oneof, extendee } = head;
  if (head.label === null && oneof === null && dialect.syntax === "proto2") {
    throw new SyntaxFault('a field of proto2 needs a label: "optional", "required" or "repeated"', position);
  }
  const name = cursor.identifier("the name of a field");
  cursor.expect("=");
  const number = cursor.integer(`the number of field "${name}"`, 0, LARGEST_NUMBER);
  const { options, jsonName, defaultValue } = splitOptions(parseInlineOptions(cursor));
  if (jsonName !== null && extendee !== null) throw new SyntaxFault("an extension has no json_name", position);
  const field = {
    name: type.kind === "group" ? name.toLowerCase() : name,
    position,
    number,
    label: head.label ?? "optional",
    type,
    oneof,
    proto3Optional: head.label === "optional" && dialect.syntax === "proto3",
    jsonName,
    defaultValue,
    extendee,
    options,
  };
  // protoc gives the comments of a group to its message, and both the place of the field.
  if (type.kind === "group") return { field: { ...field, comments: NO_COMMENTS }, entry: null, group: name };
  return { field: { ...field, comments: cursor.endDeclaration(";") }, entry: null, group: null };
}

function parseMap(cursor: Cursor, position: Position, oneof: number | null, extendee: string | null): ParsedField {
  if (oneof !== null) throw new SyntaxFault("a oneof has no map fields", position);
  if (extendee !== null) throw new SyntaxFault("an extension is no map field", position);
  cursor.expect("<");
  const key = mapPart(cursor, "the key type of a map");
  cursor.expect(",");
  const value = mapPart(cursor, "the value type of a map");
  cursor.expect(">");
  const name = cursor.identifier("the name of a field");
  cursor.expect("=");
  const number = cursor.integer(`the number of field "${name}"`, 0, LARGEST_NUMBER);
  const { options, jsonName, defaultValue } = splitOptions(parseInlineOptions(cursor));
  const comments: Comments = cursor.endDeclaration(";");
  const entry = mapEntryName(name);
  return {
    field: {
      name,
      position,
      number,
      label: "repeated",
      type: { kind: "named", name: entry },
      oneof: null,
      proto3Optional: false,
      jsonName,
      defaultValue,
      extendee: null,
      options,
      comments,
    },
    group: null,
    entry: {
      name: entry,
      position: null,
      comments: NO_COMMENTS,
      options: NO_RAW_OPTIONS,
      fields: [entryField("key", 1, key), entryField("value", 2, value)],
      oneofs: [],
      messages: [],
      enums: [],
      extensions: [],
      extensionRanges: [],
      reservedRanges: [],
      reservedNames: [],
      mapEntry: true,
      messageSet: false,
    },
  };
}

function mapPart(cursor: Cursor, what: string): TypeReference {
  const name = cursor.fullIdentifier(what, true);
  return isScalar(name) ? { kind: "scalar", scalar: name } : { kind: "named", name };
}

function entryField(name: string, number: number, type: TypeReference): FieldDescriptor {
  return {
    name,
    position: null,
    comments: NO_COMMENTS,
    options: NO_RAW_OPTIONS,
    number,
    label: "optional",
    type,
    oneof: null,
    proto3Optional: false,
    jsonName: null,
    defaultValue: null,
    extendee: null,
  };
}

interface SplitOptions {
  readonly options: RawOptions;
  readonly jsonName: string | null;
  readonly defaultValue: RawDefault | null;
}

/** `default` and `json_name` look like options but are parts of the field (FieldDescriptorProto). */
function splitOptions(statements: readonly OptionStatement[]): SplitOptions {
  if (statements.length === 0) return { options: NO_RAW_OPTIONS, jsonName: null, defaultValue: null };
  let jsonName: string | null = null;
  let defaultValue: RawDefault | null = null;
  const others: OptionStatement[] = [];
  for (const statement of statements) {
    const [first] = statement.path;
    const name = statement.path.length === 1 && first?.extension === false ? first.name : "";
    if (name === "json_name") {
      if (jsonName !== null) throw new SyntaxFault("json_name is given twice", statement.position);
      jsonName = textOf(statement);
    } else if (name === "default") {
      if (defaultValue !== null) throw new SyntaxFault("default is given twice", statement.position);
      defaultValue = { kind: "node", node: statement.value };
    } else others.push(statement);
  }
  const options: RawOptions = others.length === 0 ? NO_RAW_OPTIONS : { kind: "source", statements: others };
  return { options, jsonName, defaultValue };
}

function textOf(statement: OptionStatement): string {
  const { value } = statement;
  if (value.kind === "string") {
    if (typeof value.value === "string") return value.value;
    if (isUtf8(value.value)) return Buffer.from(value.value).toString("utf8");
  }
  throw new SyntaxFault("json_name takes a string", value.position);
}
