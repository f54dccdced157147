import { type Fault, quoteValue } from "../../core/index.js";
import {
  type EnumDescriptor,
  type FieldDescriptor,
  type FileDescriptor,
  type ImportDescriptor,
  type MessageDescriptor,
  type MethodDescriptor,
  NO_COMMENTS,
  NO_RAW_OPTIONS,
  type OptionStatement,
  type Position,
  type RawOptions,
  type ServiceDescriptor,
} from "../file-descriptor.js";
import type { Comments } from "../types.js";
import { Cursor } from "./cursor.js";
import type { Dialect } from "./parse-field.js";
import { fromStatements, parseDeclaration } from "./parse-message.js";
import { parseOptionStatement } from "./parse-options.js";
import { SyntaxFault } from "./scanner.js";

const EDITIONS: readonly string[] = ["2023", "2024", "2026"];

/** What a text parses into: the file as far as it could be read, and what is wrong with it. */
export interface ParsedProto {
  readonly file: FileDescriptor;
  readonly faults: readonly Fault[];
}

/**
 * Parses the text of a .proto file as the language specifications of proto2, proto3 and the editions have it. `name` is
 * the name that imports use, `display` how faults name the file. Names are not resolved and numbers not checked against
 * each other: the linker does both, for every source alike.
 */
export function parseProto(text: string, name: string, display: string, bundled = false): ParsedProto {
  const cursor = startCursor(text);
  if (cursor instanceof SyntaxFault) {
    return { file: emptyFile(name, display, bundled), faults: [toFault(cursor, display)] };
  }
  const parts: FileParts = {
    package: "",
    packagePosition: null,
    packageComments: NO_COMMENTS,
    imports: [],
    messages: [],
    enums: [],
    services: [],
    extensions: [],
    statements: [],
  };
  let dialect: Dialect = { syntax: "proto2", edition: "" };
  let syntaxComments: Comments = NO_COMMENTS;
  if (cursor.at("syntax") || cursor.at("edition")) {
    cursor.statement(() => {
      dialect = parseSyntax(cursor);
      syntaxComments = cursor.endDeclaration(";");
    });
  }
  while (!cursor.atEnd) {
    cursor.statement(() => parseFileStatement(cursor, dialect, parts));
    if (cursor.at("}")) {
      cursor.statement(() => {
        throw new SyntaxFault("the brace closes nothing", cursor.position);
      });
      // What stands behind the brace may be no token, which is one more fault.
      cursor.statement(() => {
        cursor.endNothing("}");
      });
    }
  }
  const { statements, ...rest } = parts;
  return {
    file: { ...rest, ...dialect, name, display, bundled, syntaxComments, options: fromStatements(statements) },
    faults: cursor.faults.map((fault) => toFault(fault, display)),
  };
}

interface FileParts {
  package: string;
  packagePosition: Position | null;
  packageComments: Comments;
  readonly imports: ImportDescriptor[];
  readonly messages: MessageDescriptor[];
  readonly enums: EnumDescriptor[];
  readonly services: ServiceDescriptor[];
  readonly extensions: FieldDescriptor[];
  readonly statements: OptionStatement[];
}

function startCursor(text: string): Cursor | SyntaxFault {
  try {
    return new Cursor(text);
  } catch (error) {
    if (error instanceof SyntaxFault) return error;
    throw error;
  }
}

function emptyFile(name: string, display: string, bundled: boolean): FileDescriptor {
  return {
    name,
    display,
    bundled,
    package: "",
    packagePosition: null,
    syntax: "proto2",
    edition: "",
    imports: [],
    messages: [],
    enums: [],
    services: [],
    extensions: [],
    options: NO_RAW_OPTIONS,
    syntaxComments: NO_COMMENTS,
    packageComments: NO_COMMENTS,
  };
}

function toFault(fault: SyntaxFault, display: string): Fault {
  return { file: display, ...fault.position, subject: null, message: fault.message };
}

/** `syntax = "proto3"` or `edition = "2023"`. */
function parseSyntax(cursor: Cursor): Dialect {
  const keyword = cursor.identifier('"syntax" or "edition"');
  cursor.expect("=");
  const { position } = cursor;
  const value = cursor.text(`the ${keyword}`);
  if (keyword === "edition") {
    if (EDITIONS.includes(value)) return { syntax: "editions", edition: value };
    throw new SyntaxFault(`the edition ${quoteValue(value)} is not one of ${EDITIONS.join(", ")}`, position);
  }
  if (value === "proto2" || value === "proto3") return { syntax: value, edition: "" };
  throw new SyntaxFault(`the syntax ${quoteValue(value)} is neither "proto2" nor "proto3"`, position);
}

function parseFileStatement(cursor: Cursor, dialect: Dialect, parts: FileParts): void {
  if (cursor.at("option")) parts.statements.push(parseOptionStatement(cursor));
  else if (cursor.at("import")) parts.imports.push(parseImport(cursor));
  else if (cursor.at("package")) parsePackage(cursor, parts);
  else if (cursor.at("service")) parts.services.push(parseService(cursor));
  else if (!parseDeclaration(cursor, dialect, parts)) {
    if (cursor.at("syntax") || cursor.at("edition")) {
      throw new SyntaxFault(`"${cursor.scanner.text}" must be the first statement of the file`, cursor.position);
    }
    throw cursor.unexpected('a declaration ("message", "enum", "service", "extend", "import", "package" or "option")');
  }
}

function parseImport(cursor: Cursor): ImportDescriptor {
  const { position } = cursor;
  cursor.expect("import");
  let kind: ImportDescriptor["kind"] = "plain";
  for (const word of ["public", "weak", "option"] as const) {
    if (cursor.scanner.kind === "identifier" && cursor.accept(word)) {
      kind = word;
      break;
    }
  }
  const name = cursor.text("the name of a file");
  cursor.endDeclaration(";");
  return { name, kind, position };
}

function parsePackage(cursor: Cursor, parts: FileParts): void {
  const { position } = cursor;
  cursor.expect("package");
  if (parts.packagePosition !== null) throw new SyntaxFault("the file has two packages", position);
  parts.package = cursor.fullIdentifier("the name of a package", false);
  parts.packagePosition = position;
  parts.packageComments = cursor.endDeclaration(";");
}

function parseService(cursor: Cursor): ServiceDescriptor {
  const { position } = cursor;
  cursor.expect("service");
  const name = cursor.identifier("the name of a service");
  const methods: MethodDescriptor[] = [];
  const statements: OptionStatement[] = [];
  const comments = cursor.endDeclaration("{");
  cursor.block(() => {
    if (cursor.at("option")) statements.push(parseOptionStatement(cursor));
    else if (cursor.at("rpc")) methods.push(parseMethod(cursor));
    else throw cursor.unexpected('"rpc", "option" or "}"');
  });
  return { name, position, comments, methods, options: fromStatements(statements) };
}

function parseMethod(cursor: Cursor): MethodDescriptor {
  const { position } = cursor;
  cursor.expect("rpc");
  const name = cursor.identifier("the name of a method");
  const request = parseMethodType(cursor);
  cursor.expect("returns");
  const response = parseMethodType(cursor);
  const head = {
    name,
    position,
    input: request.type,
    output: response.type,
    clientStreaming: request.streaming,
    serverStreaming: response.streaming,
  };
  if (!cursor.at("{")) return { ...head, comments: cursor.endDeclaration(";"), options: NO_RAW_OPTIONS };
  const statements: OptionStatement[] = [];
  const comments = cursor.endDeclaration("{");
  cursor.block(() => {
    if (!cursor.at("option")) throw cursor.unexpected('"option" or "}"');
    statements.push(parseOptionStatement(cursor));
  });
  const options: RawOptions = fromStatements(statements);
  return { ...head, comments, options };
}

function parseMethodType(cursor: Cursor): { readonly type: string; readonly streaming: boolean } {
  cursor.expect("(");
  const streaming = cursor.accept("stream");
  // `(stream)` names a message of that name.
  const bare = streaming && cursor.at(")");
  const type = bare ? "stream" : cursor.fullIdentifier("the name of a message", true);
  cursor.expect(")");
  return { type, streaming: streaming && !bare };
}
