import type { JsonValue, OpenApiDocument } from "../../../src/openapi/index.js";
import { asList, asObject, operationsOf, resolve } from "./read-document.js";

/** What the official schema of OpenAPI says in words alone: references lead somewhere, ids are unique, paths have their parameters. */
export function structureFaults(document: OpenApiDocument): readonly string[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  const shapes = new Map<string, string>();
  for (const path of Object.keys(document.paths)) {
    const shape = path.replaceAll(/\{[^}]*\}/g, "{}");
    const other = shapes.get(shape);
    if (other !== undefined) faults.push(`${path} and ${other} are one path`);
    shapes.set(shape, path);
  }
  for (const { id, path, members } of operationsOf(document)) {
    if (ids.has(id)) faults.push(`operationId ${id} is there twice`);
    ids.add(id);
    const parameters = asList(members["parameters"]).map((one) => resolve(document, one));
    const keys = parameters.map((one) => `${String(one["in"])} ${String(one["name"])}`);
    for (const [i, key] of keys.entries()) if (keys.indexOf(key) !== i) faults.push(`${id} has ${key} twice`);
    const inPath = [...path.matchAll(/\{([^}]*)\}/g)].map((match) => `path ${match[1]}`);
    const declared = keys.filter((key) => key.startsWith("path "));
    if (inPath.join() !== declared.join()) faults.push(`${id}: ${path} has parameters ${declared.join()}`);
  }
  const visit = (value: JsonValue | undefined): void => {
    if (Array.isArray(value)) for (const one of value) visit(one as JsonValue);
    const object = asObject(value);
    const { $ref: reference } = object;
    if (typeof reference === "string" && Object.keys(resolve(document, { $ref: reference })).length === 0) {
      faults.push(`${reference} leads nowhere`);
    }
    for (const one of Object.values(object)) visit(one);
  };
  visit(document.paths);
  visit(document.components);
  return faults;
}
