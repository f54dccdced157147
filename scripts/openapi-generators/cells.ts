import type { Generated, Members } from "./run-generator.js";

/** What a cell says, and whether it is so. */
export interface Cell {
  readonly says: string;
  readonly holds: (document: Generated) => boolean;
}

/** Conditions: that there is no document, for a reason; that one is so; that one has so many bytes. */
export const failed = (reason: RegExp) => (document: Generated) =>
  document.kind === "failed" && reason.test(document.reason);
export const document = (holds: (members: Members) => boolean) => (given: Generated) =>
  given.kind === "document" && holds(given.members);
export const ofSize = (low: number, high: number) => (given: Generated) =>
  given.kind === "document" && given.text.length >= low && given.text.length <= high;

/** What is read of a document, of OpenAPI 3 or Swagger 2.0. */
export const paths = ({ paths }: Members): readonly string[] => Object.keys(paths ?? {});
export const has = (path: string) => document((members) => paths(members).includes(path));
export const operation = (members: Members, id: string): Members | undefined =>
  Object.values(members["paths"] ?? {})
    .flatMap((item) => Object.values(item))
    .find((one) => String(one["operationId"]) === id);
export const parameter = (members: Members, id: string, name: string): Members | undefined =>
  Object.values(operation(members, id)?.["parameters"] ?? {}).find((one) => String(one["name"]) === name);
export const reply = (members: Members, id: string): Members | undefined =>
  operation(members, id)?.["responses"]?.["200"];
export const json = (members: Members, id: string): Members | undefined =>
  reply(members, id)?.["content"]?.["application/json"]?.["schema"] ?? reply(members, id)?.["schema"];
export const text = (value: unknown): string => JSON.stringify(value) ?? "";
export const schemas = (members: Members): Members | undefined =>
  members["definitions"] ?? members["components"]?.["schemas"];
export const book = (members: Members): Members | undefined =>
  schemas(members)?.["v1Book"] ?? schemas(members)?.["library.v1.Book"];
export const responses = (members: Members): readonly string[] =>
  Object.keys(operation(members, "Library_CreateBook")?.["responses"] ?? {}).sort();

export const cell = (says: string, holds: Cell["holds"]): Cell => ({ says, holds });
