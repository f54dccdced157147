import { asList, asObject, member } from "../read-json.js";
import type { JsonObject, JsonSchema, JsonValue } from "../types.js";
import { narrowedLimits } from "./compare-limits.js";
import { dereference } from "./read-document.js";

/** Which way values of a schema go: a request must still be taken, a reply must still be understood. */
export type Direction = "request" | "reply";

/** One change: where in the value (`.users[].age`) and what, as a part of a sentence. */
export interface SchemaChange {
  readonly at: string;
  readonly what: string;
}

/** Both documents, for their references. */
export interface Documents {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** What breaks clients that were made for the old one of two schemas. */
export function compareSchemas(
  documents: Documents,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  direction: Direction,
): readonly SchemaChange[] {
  const compare = (old: JsonValue | undefined, now: JsonValue | undefined): readonly SchemaChange[] => {
    const olds = alternatives(documents.before, old);
    const news = alternatives(documents.after, now);
    // In a request all that was taken must be; in a reply there must be nothing that was not.
    const [inner, outer] = direction === "request" ? [olds, news] : [news, olds];
    const found: SchemaChange[] = [];
    for (const one of inner) {
      const alike = outer.filter((other) => other.kind === one.kind);
      const candidates = alike.length > 0 ? alike : outer.filter((other) => other.kind === "any");
      const changes = candidates.map((other) =>
        direction === "request" ? comparePair(one, other) : comparePair(other, one),
      );
      // Of several types that it may have become, the one that it is most like.
      const [fewest] = changes.sort((a, b) => a.length - b.length);
      if (fewest === undefined) return [{ at: "", what: `is ${kindsOf(news)} and was ${kindsOf(olds)}` }];
      found.push(...fewest);
    }
    return found;
  };

  /** By the pair of references: types are compared once, those that hold themselves too. Places are within the type. */
  const known = new Map<string, readonly SchemaChange[]>();

  const comparePair = (old: Alternative, now: Alternative): readonly SchemaChange[] => {
    if (old.reference === null || now.reference === null) return compareAlike(old.schema, now.schema);
    const pair = `${old.reference} ${now.reference}`;
    const done = known.get(pair);
    if (done !== undefined) return done;
    known.set(pair, []);
    const changes = compareAlike(old.schema, now.schema);
    known.set(pair, changes);
    return changes;
  };

  /** Two schemas of one kind. */
  const compareAlike = (old: JsonSchema, now: JsonSchema): SchemaChange[] => {
    const found: SchemaChange[] = [];
    const tell = (at: string, what: string): void => {
      found.push({ at, what });
    };
    const tellWithin = (at: string, changes: readonly SchemaChange[]): void => {
      for (const change of changes) tell(at + change.at, change.what);
    };
    compareValues(old, now, tell);
    compareRequired(old, now, tell);
    const [olds, news] = [asObject(old["properties"]), asObject(now["properties"])];
    for (const [name, schema] of Object.entries(olds)) {
      const other = member(news, name);
      if (other !== undefined) tellWithin(`.${name}`, compare(schema, other));
      else if (now["additionalProperties"] === undefined) tell(`.${name}`, "is gone");
    }
    if (old["items"] !== undefined || now["items"] !== undefined) {
      tellWithin("[]", compare(old["items"] ?? {}, now["items"] ?? {}));
    }
    const [was, is] = [old["additionalProperties"], now["additionalProperties"]].map((one) =>
      one === true ? {} : one,
    );
    if (was !== undefined && is !== undefined) tellWithin(".*", compare(was, is));
    return found;
  };

  const compareValues = (old: JsonSchema, now: JsonSchema, tell: Tell): void => {
    const pattern = now["pattern"] ?? now["const"];
    if (direction === "request" && pattern !== undefined && pattern !== (old["pattern"] ?? old["const"])) {
      tell("", `must match ${JSON.stringify(pattern)}`);
    }
    if (direction === "request") for (const what of narrowedLimits(old, now)) tell("", what);
    // A new value of a reply's enum is no break: enums of protobuf are open, and clients have to expect it.
    const [olds, news] = [asList(old["enum"]), asList(now["enum"])];
    if (direction === "request" && news.length > 0) {
      if (olds.length === 0) tell("", "takes certain values alone");
      for (const value of olds) if (!news.includes(value)) tell("", `does not take ${JSON.stringify(value)} any more`);
    }
  };

  const compareRequired = (old: JsonSchema, now: JsonSchema, tell: Tell): void => {
    const [had, has] = [asList(old["required"]), asList(now["required"])];
    if (direction === "request") {
      for (const name of has) if (!had.includes(name)) tell(`.${String(name)}`, "must be there");
      return;
    }
    const members = asObject(now["properties"]);
    for (const name of had) {
      if (member(members, String(name)) !== undefined && !has.includes(name)) {
        tell(`.${String(name)}`, "need not be there any more");
      }
    }
  };

  return compare(before, after);
}

type Tell = (at: string, what: string) => void;

/** One of the types that a schema allows. */
interface Alternative {
  readonly schema: JsonSchema;
  readonly kind: string;
  /** Of a component; null for what is written in place. */
  readonly reference: string | null;
}

function alternatives(document: JsonObject, schema: JsonValue | undefined): readonly Alternative[] {
  const whole = dereference(document, schema);
  const options = asList(whole["anyOf"] ?? whole["oneOf"]);
  if (options.length > 0) return options.flatMap((one) => alternatives(document, one));
  const { type } = whole;
  const single = Array.isArray(type) ? type.map((one: JsonValue) => ({ ...whole, type: one })) : [whole];
  const { $ref: reference } = asObject(schema);
  return single.map((one) => ({
    schema: one,
    kind: kindOf(one),
    reference: typeof reference === "string" ? reference : null,
  }));
}

/** Formats that change what a value looks like; others are hints. */
const telling: ReadonlySet<string> = new Set(["int32", "int64", "uint32", "uint64", "date-time", "byte", "binary"]);

function kindOf({ type, format, properties }: JsonSchema): string {
  if (type === undefined) return properties === undefined ? "any" : "object";
  return typeof format === "string" && telling.has(format) ? `${String(type)} (${format})` : String(type);
}

function kindsOf(all: readonly Alternative[]): string {
  return [...new Set(all.map(({ kind }) => kind))].join(" or ");
}
