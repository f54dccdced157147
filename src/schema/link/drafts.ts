import type {
  ElementDescriptor,
  EnumDescriptor,
  EnumValueDescriptor,
  FieldDescriptor,
  FileDescriptor,
  MessageDescriptor,
  MethodDescriptor,
  ServiceDescriptor,
} from "../file-descriptor.js";
import type { EnumValue, FieldType, FileType, MethodType, OneofType, ServiceType } from "../types.js";

import type { EnumDraft } from "./enum-draft.js";
import type { MessageDraft } from "./message-draft.js";

/** Types of a Schema while they are linked: the same objects, still open. Nothing outside this folder sees them so. */
type Draft<T> = { -readonly [K in keyof T]: T[K] };

export type FileDraft = Draft<FileType>;
export type FieldDraft = Draft<FieldType>;
export type OneofDraft = Draft<Omit<OneofType, "fields">> & { fields: FieldDraft[] };
export type EnumValueDraft = Draft<EnumValue>;
export type { EnumDraft, MessageDraft };
export type MethodDraft = Draft<MethodType>;
export type ServiceDraft = Draft<Omit<ServiceType, "methods">> & { methods: MethodDraft[] };

/** A file under work, and what its names may refer to. */
export interface FileContext {
  readonly descriptor: FileDescriptor;
  readonly type: FileDraft;
  /** The files whose symbols it sees: itself, its imports, and what those import publicly. */
  readonly visible: Set<string>;
  /** The same, with those that it imports for options alone (edition 2024). */
  readonly visibleToOptions: Set<string>;
}

/** A draft beside the descriptor that it is made from. `parent` is the message that it stands in, null in a file. */
interface Pair<D, T> {
  readonly descriptor: D;
  readonly draft: T;
  readonly file: FileContext;
  readonly parent: MessagePair | null;
}

export type MessagePair = Pair<MessageDescriptor, MessageDraft>;
export type FieldPair = Pair<FieldDescriptor, FieldDraft>;
export type OneofPair = Pair<ElementDescriptor, OneofDraft>;
export type EnumPair = Pair<EnumDescriptor, EnumDraft>;
export type ServicePair = Pair<ServiceDescriptor, ServiceDraft>;
export type MethodPair = Pair<MethodDescriptor, MethodDraft>;
export type EnumValuePair = Pair<EnumValueDescriptor, EnumValueDraft>;

/** Everything under work, in the order of the Schema. */
export interface Drafts {
  readonly files: FileContext[];
  readonly messages: MessagePair[];
  readonly fields: FieldPair[];
  readonly oneofs: OneofPair[];
  readonly extensions: FieldPair[];
  readonly enums: EnumPair[];
  readonly enumValues: EnumValuePair[];
  readonly services: ServicePair[];
  readonly methods: MethodPair[];
}
