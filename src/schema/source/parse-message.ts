import type {
  ElementDescriptor,
  EnumDescriptor,
  EnumValueDescriptor,
  FieldDescriptor,
  MessageDescriptor,
  NumberRange,
  OptionStatement,
  Position,
  RawOptions,
} from "../file-descriptor.js";
import { NO_RAW_OPTIONS } from "../file-descriptor.js";
import type { Cursor } from "./cursor.js";
import { type Dialect, parseField } from "./parse-field.js";
import { parseInlineOptions, parseOptionStatement } from "./parse-options.js";
import { SyntaxFault } from "./scanner.js";

const MAX_FIELD_NUMBER = 0x1fffffff;
const MAX_INT32 = 0x7fffffff;
const MIN_INT32 = -0x80000000;

/** Where declarations of messages, enums and extensions go: a file or a message. */
export interface Declarations {
  readonly messages: MessageDescriptor[];
  readonly enums: EnumDescriptor[];
  readonly extensions: FieldDescriptor[];
}

/**
 * Reads a message, an enum or an extend block if one begins here; false if not. A visibility (edition 2024) before it
 * belongs to it.
 */
export function parseDeclaration(cursor: Cursor, dialect: Dialect, into: Declarations): boolean {
  if (dialect.syntax === "editions" && dialect.edition >= "2024" && (cursor.at("export") || cursor.at("local"))) {
    cursor.scanner.next();
    if (!cursor.at("message") && !cursor.at("enum")) throw cursor.unexpected('"message" or "enum"');
  }
  // The place of a declaration is its keyword, behind its visibility.
  const { position } = cursor;
  if (cursor.accept("message")) {
    const name = cursor.identifier("the name of a message");
    into.messages.push(parseMessageBody(cursor, dialect, name, position));
  } else if (cursor.accept("enum")) {
    into.enums.push(parseEnumBody(cursor, dialect, position));
  } else if (cursor.at("extend")) {
    parseExtend(cursor, dialect, into);
  } else return false;
  return true;
}

/** A message from its opening brace on. */
export function parseMessageBody(
  cursor: Cursor,
  dialect: Dialect,
  name: string,
  position: Position | null,
): MessageDescriptor {
  const message = {
    name,
    position,
    fields: [] as FieldDescriptor[],
    oneofs: [] as ElementDescriptor[],
    messages: [] as MessageDescriptor[],
    enums: [] as EnumDescriptor[],
    extensions: [] as FieldDescriptor[],
    extensionRanges: [] as NumberRange[],
    reservedRanges: [] as NumberRange[],
    reservedNames: [] as string[],
    mapEntry: false,
  };
  const statements: OptionStatement[] = [];
  const comments = cursor.endDeclaration("{");
  cursor.block(() => {
    if (cursor.at("option")) statements.push(parseOptionStatement(cursor));
    else if (cursor.at("oneof")) parseOneof(cursor, dialect, message);
    else if (cursor.at("extensions")) parseExtensionRanges(cursor, message.extensionRanges);
    else if (cursor.at("reserved")) {
      parseReserved(cursor, dialect, message.reservedRanges, message.reservedNames, 1, MAX_FIELD_NUMBER);
    } else if (!parseDeclaration(cursor, dialect, message)) {
      message.fields.push(parseFieldWithMessage(cursor, dialect, null, null, message.messages));
    }
  });
  return { ...message, comments, options: fromStatements(statements), messageSet: statements.some(isMessageSet) };
}

function isMessageSet({ path, value }: OptionStatement): boolean {
  const [first] = path;
  if (path.length !== 1 || first?.extension !== false || first.name !== "message_set_wire_format") return false;
  return value.kind === "identifier" && value.text === "true";
}

/** A field; the message of a group or a map goes where the field stands. */
function parseFieldWithMessage(
  cursor: Cursor,
  dialect: Dialect,
  oneof: number | null,
  extendee: string | null,
  messages: MessageDescriptor[],
): FieldDescriptor {
  const { field, entry, group } = parseField(cursor, dialect, oneof, extendee);
  if (entry !== null) messages.push(entry);
  if (group !== null) messages.push(parseMessageBody(cursor, dialect, group, field.position));
  return field;
}

/** The statements as options. */
export function fromStatements(statements: readonly OptionStatement[]): RawOptions {
  return statements.length === 0 ? NO_RAW_OPTIONS : { kind: "source", statements };
}

interface MessageParts {
  readonly fields: FieldDescriptor[];
  readonly oneofs: ElementDescriptor[];
  readonly messages: MessageDescriptor[];
}

function parseOneof(cursor: Cursor, dialect: Dialect, message: MessageParts): void {
  const { position } = cursor;
  cursor.expect("oneof");
  const name = cursor.identifier("the name of a oneof");
  const index = message.oneofs.length;
  const statements: OptionStatement[] = [];
  const comments = cursor.endDeclaration("{");
  message.oneofs.push({ name, position, comments, options: NO_RAW_OPTIONS });
  cursor.block(() => {
    if (cursor.at("option")) {
      statements.push(parseOptionStatement(cursor));
      return;
    }
    message.fields.push(parseFieldWithMessage(cursor, dialect, index, null, message.messages));
  });
  message.oneofs[index] = { name, position, comments, options: fromStatements(statements) };
}

function parseExtend(cursor: Cursor, dialect: Dialect, into: Declarations): void {
  cursor.expect("extend");
  const extendee = cursor.fullIdentifier("the name of a message", true);
  cursor.endDeclaration("{");
  cursor.block(() => {
    into.extensions.push(parseFieldWithMessage(cursor, dialect, null, extendee, into.messages));
  });
}

function parseExtensionRanges(cursor: Cursor, into: NumberRange[]): void {
  cursor.expect("extensions");
  // In a message set numbers go up to the largest int32 (WireFormat), else to 2^29 - 1: the linker tells them apart.
  do into.push(parseRange(cursor, "an extension number", 1, MAX_INT32));
  while (cursor.accept(","));
  parseInlineOptions(cursor);
  cursor.endDeclaration(";");
}

function parseRange(cursor: Cursor, what: string, least: number, most: number): NumberRange {
  const first = cursor.integer(what, least, most);
  if (!cursor.accept("to")) return { first, last: first };
  const { position } = cursor;
  const last = cursor.accept("max") ? most : cursor.integer(what, least, most);
  if (last < first) throw new SyntaxFault(`a range ends before it begins: ${first} to ${last}`, position);
  return { first, last };
}

function parseReserved(
  cursor: Cursor,
  dialect: Dialect,
  ranges: NumberRange[],
  names: string[],
  least: number,
  most: number,
): void {
  cursor.expect("reserved");
  const { kind } = cursor.scanner;
  if (kind === "string" || kind === "identifier") {
    const wanted = dialect.syntax === "editions" ? "identifier" : "string";
    if (kind !== wanted) {
      throw new SyntaxFault(`reserved names are ${wanted}s in ${dialect.syntax}`, cursor.position);
    }
    do names.push(kind === "string" ? cursor.text("a reserved name") : cursor.identifier("a reserved name"));
    while (cursor.accept(","));
  } else {
    do ranges.push(parseRange(cursor, "a reserved number", least, most));
    while (cursor.accept(","));
  }
  cursor.endDeclaration(";");
}

/** An enum from its name on. */
function parseEnumBody(cursor: Cursor, dialect: Dialect, position: Position): EnumDescriptor {
  const name = cursor.identifier("the name of an enum");
  const values: EnumValueDescriptor[] = [];
  const reservedRanges: NumberRange[] = [];
  const reservedNames: string[] = [];
  const statements: OptionStatement[] = [];
  const comments = cursor.endDeclaration("{");
  cursor.block(() => {
    if (cursor.at("option")) statements.push(parseOptionStatement(cursor));
    else if (cursor.at("reserved")) {
      parseReserved(cursor, dialect, reservedRanges, reservedNames, MIN_INT32, MAX_INT32);
    } else values.push(parseEnumValue(cursor));
  });
  return { name, position, comments, values, reservedRanges, reservedNames, options: fromStatements(statements) };
}

function parseEnumValue(cursor: Cursor): EnumValueDescriptor {
  const { position } = cursor;
  const name = cursor.identifier("the name of an enum value");
  cursor.expect("=");
  const number = cursor.integer(`the number of enum value "${name}"`, MIN_INT32, MAX_INT32);
  const options = fromStatements(parseInlineOptions(cursor));
  return { name, position, number, options, comments: cursor.endDeclaration(";") };
}
