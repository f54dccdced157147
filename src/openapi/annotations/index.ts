/**
 * annotations: what protos that were written for other generators say of their document. Their options are read by name
 * from custom options; none of their code is needed. Of two kinds on one element gnostic's wins, as the one made for
 * OpenAPI 3.
 *
 * They add words and limits. What JSON looks like is not theirs to say.
 */
import type {
  EnumType,
  FieldType,
  FileType,
  MessageType,
  MethodType,
  Options,
  ServiceType,
} from "../../schema/index.js";
import type { JsonValue } from "../types.js";
import * as gnostic from "./gnostic.js";
import { NO_NOTES, type Notes } from "./members.js";
import * as openapiv2 from "./openapiv2.js";

export type { Notes } from "./members.js";

/** Notes are asked for again and again while a document is made, and elements do not change. */
function kept<T extends { readonly options: Options }>(read: (element: T) => Notes): (element: T) => Notes {
  const known = new WeakMap<T, Notes>();
  return (element) => {
    if (Object.keys(element.options).length === 0) return NO_NOTES;
    const notes = known.get(element) ?? read(element);
    known.set(element, notes);
    return notes;
  };
}

/** Members of the document: info, servers, tags, security, securitySchemes, externalDocs, extensions. */
export const notesOfFile = (file: FileType): Notes => ({ ...openapiv2.fileNotes(file), ...gnostic.fileNotes(file) });

/** Members of the tag of a service. */
export const notesOfService = (service: ServiceType): Notes => openapiv2.serviceNotes(service);

/**
 * Members of an operation. Some are not laid over it as they are (operations/told-members.ts): `parameters`, `requestBody` and
 * `responses`, of which each may have `headers`, `examples` by media type, and `types`, and the media types of bytes, `consumes`
 * and `produces`.
 */
export const notesOfMethod = kept(
  (method: MethodType): Notes => ({ ...openapiv2.methodNotes(method), ...gnostic.methodNotes(method) }),
);

/** Members of a message's schema. */
export const notesOfMessage = kept(
  (message: MessageType): Notes => ({ ...openapiv2.messageNotes(message), ...gnostic.messageNotes(message) }),
);

/** Members of a field's schema. */
export const notesOfField = kept(
  (field: FieldType): Notes => ({ ...openapiv2.fieldNotes(field), ...gnostic.fieldNotes(field) }),
);

/** Members of an enum's schema. */
export const notesOfEnum = (type: EnumType): Notes => openapiv2.enumNotes(type);

/** What annotations call the parameter of a path that a field is; null for nothing. */
export const pathParameterName = (field: FieldType): string | null => openapiv2.pathParameterName(field);

/** The fields of a message that its options ask for, by their JSON or proto names. */
export const requiredNames = (message: MessageType): readonly JsonValue[] => [
  ...openapiv2.requiredNames(message),
  ...gnostic.requiredNames(message),
];
