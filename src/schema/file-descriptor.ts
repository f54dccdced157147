import type { Comments, ScalarType } from "./types.js";

/**
 * What both sources are read into and the linker reads: one .proto file as plain data, as descriptor.proto has it, with
 * names not yet resolved and options not yet interpreted.
 */
export interface FileDescriptor {
  readonly name: string;
  readonly package: string;
  readonly packagePosition: Position | null;
  readonly syntax: "proto2" | "proto3" | "editions";
  /** "2023" and so on; "" for proto2 and proto3. */
  readonly edition: string;
  readonly imports: readonly ImportDescriptor[];
  readonly messages: readonly MessageDescriptor[];
  readonly enums: readonly EnumDescriptor[];
  readonly services: readonly ServiceDescriptor[];
  readonly extensions: readonly FieldDescriptor[];
  readonly options: RawOptions;
  readonly syntaxComments: Comments;
  readonly packageComments: Comments;
  /** How faults name the file: the path on disk, or the name inside a descriptor set. */
  readonly display: string;
  /** It came with this package's own files, not from the user. */
  readonly bundled: boolean;
}

/** 1-based, counted as protoc does: bytes of UTF-8, a tab to the next multiple of eight. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `option` imports (edition 2024) serve options alone. */
export interface ImportDescriptor {
  readonly name: string;
  readonly kind: "plain" | "public" | "weak" | "option";
  readonly position: Position | null;
}

export interface ElementDescriptor {
  readonly name: string;
  readonly position: Position | null;
  readonly comments: Comments;
  readonly options: RawOptions;
}

export interface MessageDescriptor extends ElementDescriptor {
  readonly fields: readonly FieldDescriptor[];
  readonly oneofs: readonly ElementDescriptor[];
  readonly messages: readonly MessageDescriptor[];
  readonly enums: readonly EnumDescriptor[];
  readonly extensions: readonly FieldDescriptor[];
  readonly extensionRanges: readonly NumberRange[];
  readonly reservedRanges: readonly NumberRange[];
  readonly reservedNames: readonly string[];
  readonly mapEntry: boolean;
  /** message_set_wire_format, which must be known before options can be read. */
  readonly messageSet: boolean;
}

/** Both ends included. */
export interface NumberRange {
  readonly first: number;
  readonly last: number;
}

export interface FieldDescriptor extends ElementDescriptor {
  readonly number: number;
  readonly label: "optional" | "required" | "repeated";
  readonly type: TypeReference;
  /** Index into the message's oneofs; null for none and for the synthetic oneof of a proto3 optional field. */
  readonly oneof: number | null;
  /** `optional` written in a proto3 file. */
  readonly proto3Optional: boolean;
  /** The json_name that the source gives, or null. */
  readonly jsonName: string | null;
  readonly defaultValue: RawDefault | null;
  /** What an extension extends, as the source writes it; null for a field. */
  readonly extendee: string | null;
}

/** `named`: message or enum, decided when the name is resolved. */
export type TypeReference =
  | { readonly kind: "scalar"; readonly scalar: ScalarType }
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "group"; readonly name: string };

export type RawDefault =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "node"; readonly node: OptionNode };

export interface EnumDescriptor extends ElementDescriptor {
  readonly values: readonly EnumValueDescriptor[];
  readonly reservedRanges: readonly NumberRange[];
  readonly reservedNames: readonly string[];
}

export interface EnumValueDescriptor extends ElementDescriptor {
  readonly number: number;
}

export interface ServiceDescriptor extends ElementDescriptor {
  readonly methods: readonly MethodDescriptor[];
}

export interface MethodDescriptor extends ElementDescriptor {
  readonly input: string;
  readonly output: string;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
}

/** Options as the source has them: statements of a .proto file, or the bytes of an options message. */
export type RawOptions =
  | { readonly kind: "none" }
  | { readonly kind: "source"; readonly statements: readonly OptionStatement[] }
  | { readonly kind: "wire"; readonly bytes: Uint8Array };

/** `option a.(b.c).d = value`. */
export interface OptionStatement {
  readonly path: readonly OptionNamePart[];
  readonly value: OptionNode;
  readonly position: Position;
}

export interface OptionNamePart {
  readonly name: string;
  /** Written in parentheses: the name of an extension. */
  readonly extension: boolean;
}

/** A value as the text has it: what it means depends on the field that takes it. */
export type OptionNode =
  | { readonly kind: "identifier"; readonly text: string; readonly negative: boolean; readonly position: Position }
  | { readonly kind: "integer"; readonly value: bigint; readonly negative: boolean; readonly position: Position }
  | { readonly kind: "float"; readonly value: number; readonly position: Position }
  | { readonly kind: "string"; readonly value: string | Uint8Array; readonly position: Position }
  | { readonly kind: "list"; readonly items: readonly OptionNode[]; readonly position: Position }
  | { readonly kind: "message"; readonly members: readonly OptionMember[]; readonly position: Position };

/** A member of an aggregate: a field, `[extension.name]`, or `[type.googleapis.com/type.name]` of an Any. */
export interface OptionMember {
  readonly kind: "field" | "extension" | "any";
  readonly name: string;
  readonly value: OptionNode;
  readonly position: Position;
}

export const NO_RAW_OPTIONS: RawOptions = { kind: "none" };
export const NO_COMMENTS: Comments = { leading: "", trailing: "", detached: [] };
