import { asObject } from "../read-json.js";
import type { JsonObject } from "../types.js";
import { compareSchemas, type Documents } from "./compare-schemas.js";
import { dereference, type ReadOperation, readOperations } from "./read-document.js";

/** A change that a client made for the old document runs into. */
export interface BreakingChange {
  /** "GET /v1/users/{user}", as the old document has it. */
  readonly operation: string;
  /** What changed, a sentence without its full stop. */
  readonly change: string;
}

/**
 * What in a new document breaks clients of an old one: in requests whatever was taken and is not, in replies whatever was
 * sent and is not, or could not be and is. Documentation, names of path parameters and of components, security, and new
 * values of enums in replies are no part of it. Both documents are OpenAPI 3; what cannot be read counts as not there.
 */
export function findBreakingChanges(before: JsonObject, after: JsonObject): readonly BreakingChange[] {
  const documents: Documents = { before, after };
  const operations = readOperations(after);
  const found: BreakingChange[] = [];
  for (const old of readOperations(before).values()) {
    const tell = (change: string): void => {
      found.push({ operation: old.title, change });
    };
    const now = operations.get(old.key);
    if (now === undefined) tell("the operation is gone");
    else compareOperations(documents, old, now, tell);
  }
  return found;
}

type Tell = (change: string) => void;

function compareOperations(documents: Documents, old: ReadOperation, now: ReadOperation, tell: Tell): void {
  compareParameters(documents, old, now, tell);
  compareBodies(documents, old, now, tell);
  compareReplies(documents, old, now, tell);
}

function compareParameters(documents: Documents, old: ReadOperation, now: ReadOperation, tell: Tell): void {
  const [olds, news] = [byPlace(old), byPlace(now)];
  for (const [key, parameter] of olds) {
    const other = news.get(key);
    const name = `${String(parameter["in"])} parameter ${String(parameter["name"])}`;
    if (other === undefined) {
      tell(`${name} is gone`);
      continue;
    }
    if (other["required"] === true && parameter["required"] !== true) tell(`${name} must be there`);
    const [before, after] = [schemaOf(parameter), schemaOf(other)];
    for (const { at, what } of compareSchemas(documents, before, after, "request")) tell(`${name}${at} ${what}`);
  }
  for (const [key, parameter] of news) {
    if (parameter["required"] === true && !olds.has(key)) {
      tell(`${String(parameter["in"])} parameter ${String(parameter["name"])} must be there, and is new`);
    }
  }
}

/** Path parameters by their order, for their names mean nothing to a client; others by their names. */
function byPlace({ parameters, title }: ReadOperation): ReadonlyMap<string, JsonObject> {
  const order = [...title.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]);
  return new Map(
    parameters.map((one) => {
      const place = one["in"] === "path" ? order.indexOf(String(one["name"])) : String(one["name"]);
      return [`${String(one["in"])} ${place}`, one];
    }),
  );
}

function schemaOf(parameter: JsonObject): JsonObject {
  const [content] = Object.values(asObject(parameter["content"]));
  return asObject(parameter["schema"] ?? asObject(content)["schema"]);
}

function compareBodies({ before, after }: Documents, old: ReadOperation, now: ReadOperation, tell: Tell): void {
  const was = dereference(before, old.members["requestBody"]);
  const is = dereference(after, now.members["requestBody"]);
  if (is["required"] === true && was["required"] !== true) tell("the body must be there");
  const contents = asObject(is["content"]);
  if (Object.keys(asObject(was["content"])).length > 0 && Object.keys(contents).length === 0) {
    tell("the body is gone");
    return;
  }
  compareContents({ before, after }, asObject(was["content"]), contents, "request", "the body", tell);
}

function compareReplies({ before, after }: Documents, old: ReadOperation, now: ReadOperation, tell: Tell): void {
  const replies = asObject(now.members["responses"]);
  for (const [status, reply] of Object.entries(asObject(old.members["responses"]))) {
    const was = asObject(dereference(before, reply)["content"]);
    const other = replies[status] ?? replies["default"];
    if (other === undefined) {
      tell(`the reply of status ${status} is gone`);
      continue;
    }
    const is = asObject(dereference(after, other)["content"]);
    compareContents({ before, after }, was, is, "reply", `the reply of status ${status}`, tell);
  }
}

function compareContents(
  documents: Documents,
  was: JsonObject,
  is: JsonObject,
  direction: "request" | "reply",
  what: string,
  tell: Tell,
): void {
  for (const [type, media] of Object.entries(was)) {
    const other = is[type];
    if (other === undefined) {
      tell(`${what} has no ${type} any more`);
      continue;
    }
    const [before, after] = [asObject(media)["schema"], asObject(other)["schema"]];
    for (const { at, what: change } of compareSchemas(documents, before, after, direction)) {
      tell(`${what}${at === "" ? "" : `, ${at},`} ${change}`);
    }
  }
}
