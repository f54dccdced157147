import type { Comments, EnumType, EnumValue, FileType, OneofType, Options, Place } from "../types.js";
import type { EnumValueDraft } from "./drafts.js";

/** An enum of a Schema; its maps are made when first asked for, as those of a message are. */
export class EnumDraft implements EnumType {
  readonly name: string;
  readonly fullName: string;
  options: Options;
  readonly comments: Comments;
  readonly place: Place;
  readonly file: FileType;
  readonly values: EnumValueDraft[];
  closed = false;
  private byNumber: ReadonlyMap<number, EnumValue> | null = null;
  private byName: ReadonlyMap<string, EnumValue> | null = null;

  constructor(element: Omit<OneofType, "fields">, file: FileType, values: EnumValueDraft[]) {
    this.name = element.name;
    this.fullName = element.fullName;
    this.options = element.options;
    this.comments = element.comments;
    this.place = element.place;
    this.file = file;
    this.values = values;
  }

  get valuesByNumber(): ReadonlyMap<number, EnumValue> {
    this.byNumber ??= indexByNumber(this.values);
    return this.byNumber;
  }

  get valuesByName(): ReadonlyMap<string, EnumValue> {
    this.byName ??= new Map(this.values.map((value) => [value.name, value]));
    return this.byName;
  }
}

/** Of several names for a number the first. */
function indexByNumber(values: readonly EnumValue[]): ReadonlyMap<number, EnumValue> {
  const byNumber = new Map<number, EnumValue>();
  for (const value of values) if (!byNumber.has(value.number)) byNumber.set(value.number, value);
  return byNumber;
}
