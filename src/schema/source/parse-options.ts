import type { OptionMember, OptionNamePart, OptionNode, OptionStatement } from "../file-descriptor.js";
import type { Cursor } from "./cursor.js";
import { SyntaxFault } from "./scanner.js";

/** `option name = value;`, at the word `option`. */
export function parseOptionStatement(cursor: Cursor): OptionStatement {
  const { position } = cursor;
  cursor.expect("option");
  const path = parseOptionName(cursor);
  cursor.expect("=");
  const value = parseValue(cursor);
  cursor.endDeclaration(";");
  return { path, value, position };
}

/** `[name = value, …]`, or nothing. */
export function parseInlineOptions(cursor: Cursor): OptionStatement[] {
  const statements: OptionStatement[] = [];
  if (!cursor.accept("[")) return statements;
  do {
    const { position } = cursor;
    const path = parseOptionName(cursor);
    cursor.expect("=");
    statements.push({ path, value: parseValue(cursor), position });
  } while (cursor.accept(","));
  cursor.expect("]");
  return statements;
}

/** `a.(b.c).d` */
function parseOptionName(cursor: Cursor): OptionNamePart[] {
  const path: OptionNamePart[] = [];
  do {
    if (cursor.accept("(")) {
      path.push({ name: cursor.fullIdentifier("the name of an option", true), extension: true });
      cursor.expect(")");
    } else {
      path.push({ name: cursor.identifier("the name of an option"), extension: false });
    }
  } while (cursor.accept("."));
  return path;
}

/** The value of an option: a scalar, or an aggregate in braces. */
function parseValue(cursor: Cursor): OptionNode {
  return cursor.at("{") ? parseAggregate(cursor, "{", "}") : parseScalar(cursor, "the value of an option");
}

function parseScalar(cursor: Cursor, what: string): OptionNode {
  const { position, scanner } = cursor;
  if (scanner.kind === "string") return { kind: "string", value: cursor.string(what), position };
  const negative = cursor.accept("-");
  switch (scanner.kind) {
    case "identifier":
      return { kind: "identifier", text: cursor.identifier(what), negative, position };
    case "integer":
      return { kind: "integer", value: cursor.unsigned(what), negative, position };
    case "float": {
      const value = Number(scanner.text);
      scanner.next();
      return { kind: "float", value: negative ? -value : value, position };
    }
    default:
      throw cursor.unexpected(what);
  }
}

/** A message in protobuf's text format, between its brackets. */
function parseAggregate(cursor: Cursor, open: "{" | "<", close: "}" | ">"): OptionNode {
  const { position } = cursor;
  const members: OptionMember[] = [];
  cursor.enter();
  cursor.expect(open);
  while (!cursor.accept(close)) {
    members.push(parseMember(cursor, close));
    if (!cursor.accept(",")) cursor.accept(";");
  }
  cursor.leave();
  return { kind: "message", members, position };
}

function parseMember(cursor: Cursor, close: string): OptionMember {
  const { position } = cursor;
  if (!cursor.accept("[")) {
    const name = cursor.identifier(`the name of a field or "${close}"`);
    return { kind: "field", name, value: parseMemberValue(cursor), position };
  }
  const name = parseBracketName(cursor);
  const kind = name.includes("/") ? "any" : "extension";
  return { kind, name, value: parseMemberValue(cursor), position };
}

/** The inside of `[extension.name]` or `[type.googleapis.com/type.name]`, and the bracket that closes it. */
function parseBracketName(cursor: Cursor): string {
  let name = "";
  const { position } = cursor;
  while (!cursor.at("]")) {
    if (cursor.atEnd || cursor.scanner.kind === "string") throw cursor.unexpected('"]"');
    name += cursor.scanner.text;
    cursor.scanner.next();
  }
  if (
    !/^(?:[A-Za-z0-9_.~%-]+(?:\/[A-Za-z0-9_.~%-]+)*\/)?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/.test(name)
  ) {
    throw new SyntaxFault(
      `expected the name of an extension or a type URL in brackets, got ${JSON.stringify(name)}`,
      position,
    );
  }
  cursor.expect("]");
  return name;
}

/** Behind a member's name: `: value`, or a message or a list of messages, whose colon may be left out. */
function parseMemberValue(cursor: Cursor): OptionNode {
  const colon = cursor.accept(":");
  if (cursor.at("{")) return parseAggregate(cursor, "{", "}");
  if (cursor.at("<")) return parseAggregate(cursor, "<", ">");
  if (cursor.at("[")) return parseList(cursor, colon);
  if (!colon) throw cursor.unexpected('":"');
  return parseScalar(cursor, "a value");
}

function parseList(cursor: Cursor, scalars: boolean): OptionNode {
  const { position } = cursor;
  const items: OptionNode[] = [];
  cursor.expect("[");
  if (!cursor.accept("]")) {
    do {
      if (cursor.at("{")) items.push(parseAggregate(cursor, "{", "}"));
      else if (cursor.at("<")) items.push(parseAggregate(cursor, "<", ">"));
      else if (scalars) items.push(parseScalar(cursor, "a value"));
      else throw cursor.unexpected("a message");
    } while (cursor.accept(","));
    cursor.expect("]");
  }
  return { kind: "list", items, position };
}
