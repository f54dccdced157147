import type { Comments, FieldType, FileType, MessageType, OneofType, Options, Place } from "../types.js";
import type { FieldDraft, OneofDraft } from "./drafts.js";

const NO_EXTENSIONS: ReadonlyMap<number, FieldType> = new Map();

/**
 * A message of a Schema. A large Schema has far more messages than a gateway ever reads (48,000 behind the annotated files
 * of google-proto-files), so that the maps of a message are made when first asked for.
 */
export class MessageDraft implements MessageType {
  readonly name: string;
  readonly fullName: string;
  options: Options;
  readonly comments: Comments;
  readonly place: Place;
  readonly file: FileType;
  readonly fields: FieldDraft[] = [];
  oneofs: OneofDraft[] = [];
  readonly mapEntry: boolean;
  readonly messageSet: boolean;
  private byNumber: ReadonlyMap<number, FieldType> | null = null;
  private byName: ReadonlyMap<string, FieldType> | null = null;
  private extensionsByNumber: Map<number, FieldType> | null = null;

  constructor(element: Omit<OneofType, "fields">, file: FileType, mapEntry: boolean, messageSet: boolean) {
    this.name = element.name;
    this.fullName = element.fullName;
    this.options = element.options;
    this.comments = element.comments;
    this.place = element.place;
    this.file = file;
    this.mapEntry = mapEntry;
    this.messageSet = messageSet;
  }

  get fieldsByNumber(): ReadonlyMap<number, FieldType> {
    this.byNumber ??= new Map(this.fields.map((field) => [field.number, field]));
    return this.byNumber;
  }

  get fieldsByName(): ReadonlyMap<string, FieldType> {
    this.byName ??= indexByName(this.fields);
    return this.byName;
  }

  get extensions(): ReadonlyMap<number, FieldType> {
    return this.extensionsByNumber ?? NO_EXTENSIONS;
  }

  /** Makes an extension known, unless its number is taken. */
  addExtension(extension: FieldType): void {
    this.extensionsByNumber ??= new Map();
    if (!this.extensionsByNumber.has(extension.number)) this.extensionsByNumber.set(extension.number, extension);
  }
}

/** By proto name, and by JSON name where no proto name is the same; of two equal JSON names the first field's. */
function indexByName(fields: readonly FieldType[]): ReadonlyMap<string, FieldType> {
  const byName = new Map(fields.map((field) => [field.name, field]));
  for (const field of fields) if (!byName.has(field.jsonName)) byName.set(field.jsonName, field);
  return byName;
}
