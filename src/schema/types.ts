/** The types of a Schema. Everything is readonly and complete: one shape each, null where there is nothing. */

/**
 * The value of an option, in ProtoJSON terms but with proto field names: 64-bit integers and bytes (base64) are strings,
 * enums are value names, floats that JSON cannot say are "NaN", "Infinity" and "-Infinity". Well-known types have their
 * own forms (google.protobuf.Duration "1.5s", Value any JSON, the only place of null; Any with "@type").
 */
export type OptionValue =
  | boolean
  | number
  | string
  | null
  | readonly OptionValue[]
  | { readonly [name: string]: OptionValue };

/**
 * The options that the source sets, and no others. Built-in options by their name (`deprecated`), custom ones by full
 * name in brackets (`[google.api.http]`). Repeated options are lists. Maps inside are objects.
 */
export type Options = { readonly [name: string]: OptionValue };

/**
 * Comments as protoc's SourceCodeInfo has them: the text after `//` or inside `/* … *\/`, line breaks kept but for one at
 * the end, which some compilers keep and others do not.
 */
export interface Comments {
  readonly leading: string;
  readonly trailing: string;
  readonly detached: readonly string[];
}

/**
 * Where an element stands. `file` is the name that imports use; `line` and `column` are 1-based, columns counted as protoc
 * does (bytes of UTF-8, a tab to the next multiple of eight); null where the source does not tell.
 */
export interface Place {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** What every element of a Schema has. */
interface Element {
  /** The simple name. */
  readonly name: string;
  /** The full name without a leading dot. */
  readonly fullName: string;
  readonly options: Options;
  readonly comments: Comments;
  readonly place: Place;
}

export type ScalarType =
  | "double"
  | "float"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed32"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";

/** The type of one value of a field. */
export type ValueType =
  | { readonly kind: "scalar"; readonly scalar: ScalarType }
  | { readonly kind: "enum"; readonly enum: EnumType }
  | {
      readonly kind: "message";
      readonly message: MessageType;
      /** Encoded between start-group and end-group tags (proto2 groups, editions DELIMITED). */
      readonly delimited: boolean;
    };

/** How often a field may stand in its message. A map's value is never itself repeated. */
export type Cardinality =
  | { readonly kind: "singular"; readonly presence: Presence }
  | { readonly kind: "repeated"; readonly packed: boolean }
  | { readonly kind: "map"; readonly key: ScalarType };

/**
 * explicit: has-bit, also for zero values (messages, proto2 optional, proto3 optional, oneof members, editions EXPLICIT);
 * implicit: zero is absent; required: proto2 required, editions LEGACY_REQUIRED.
 */
export type Presence = "explicit" | "implicit" | "required";

export interface FieldType extends Element {
  readonly number: number;
  /** The JSON name: the json_name option or lowerCamelCase of the name. For an extension `[full.name]`. */
  readonly jsonName: string;
  /** For a map the type of its values. */
  readonly type: ValueType;
  readonly cardinality: Cardinality;
  /** The oneof it is a member of; null for none and for the synthetic oneof of a proto3 optional field. */
  readonly oneof: OneofType | null;
  /** string fields: whether invalid UTF-8 is refused (utf8_validation VERIFY, proto3). */
  readonly verifyUtf8: boolean;
  /** The default that the source gives (proto2, editions), in ProtoJSON; null for the type's zero. */
  readonly defaultValue: boolean | number | string | null;
  /** The message it is a field of; for an extension the message that it extends. */
  readonly parent: MessageType;
  readonly extension: boolean;
}

export interface OneofType extends Element {
  readonly fields: readonly FieldType[];
}

export interface MessageType extends Element {
  readonly file: FileType;
  /** In the order of the source. Extensions are not among them. */
  readonly fields: readonly FieldType[];
  readonly fieldsByNumber: ReadonlyMap<number, FieldType>;
  /** By proto name and by JSON name; where they clash, the proto name wins. Both are what ProtoJSON accepts. */
  readonly fieldsByName: ReadonlyMap<string, FieldType>;
  /** Without the synthetic ones of proto3 optional fields. */
  readonly oneofs: readonly OneofType[];
  /** Extensions of this message that the Schema knows, by number. */
  readonly extensions: ReadonlyMap<number, FieldType>;
  /** The synthetic entry type of a map field. */
  readonly mapEntry: boolean;
  /** message_set_wire_format. */
  readonly messageSet: boolean;
}

export interface EnumValue extends Element {
  readonly number: number;
}

export interface EnumType extends Element {
  readonly file: FileType;
  /** In the order of the source, aliases included. */
  readonly values: readonly EnumValue[];
  /** Of several names for a number the first. */
  readonly valuesByNumber: ReadonlyMap<number, EnumValue>;
  readonly valuesByName: ReadonlyMap<string, EnumValue>;
  /** Closed (proto2, editions CLOSED): numbers without a name are unknown fields. */
  readonly closed: boolean;
}

export interface MethodType extends Element {
  readonly service: ServiceType;
  readonly input: MessageType;
  readonly output: MessageType;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
  /** "/pkg.Service/Method", the :path of a call. */
  readonly path: string;
}

export interface ServiceType extends Element {
  readonly file: FileType;
  /** In the order of the source. */
  readonly methods: readonly MethodType[];
}

export interface FileType {
  /** The name that imports use, such as "google/api/http.proto". */
  readonly name: string;
  readonly package: string;
  readonly syntax: "proto2" | "proto3" | "editions";
  /** "2023" and so on for editions, else "". */
  readonly edition: string;
  readonly imports: readonly string[];
  readonly options: Options;
  /** Comments on the syntax or edition line and on the package line. */
  readonly syntaxComments: Comments;
  readonly packageComments: Comments;
}

/**
 * What the gateway knows of the services: immutable, linked, from whatever source. All maps are by full name and in the
 * order of the files (sorted by name) and of the source in each file; nested types follow their parent.
 */
export interface Schema {
  readonly files: ReadonlyMap<string, FileType>;
  readonly messages: ReadonlyMap<string, MessageType>;
  readonly enums: ReadonlyMap<string, EnumType>;
  readonly services: ReadonlyMap<string, ServiceType>;
  readonly extensions: ReadonlyMap<string, FieldType>;
}
