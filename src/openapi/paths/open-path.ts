import { unreachable } from "../../core/index.js";
import type { Binding, BoundVariable, Segment } from "../../rules/index.js";
import type { FieldType } from "../../schema/index.js";
import { pathParameterName } from "../annotations/index.js";
import { type ResourcePatterns, resourceNames, singular } from "./resource-names.js";

/** One `{…}` of an OpenAPI path: a wildcard of the template. */
export interface PathParameter {
  readonly name: string;
  /** The variable that the wildcard is in; null for one outside of variables, which sets nothing. */
  readonly variable: BoundVariable | null;
  /** Whether the wildcard is all of the variable, so that its value is the field's. */
  readonly whole: boolean;
  /** Whether it takes several segments (`**`). */
  readonly rest: boolean;
}

/** A template as an OpenAPI path, whose `{…}` stand for one wildcard each. */
export interface OpenPath {
  /** The path with its parameters' names. */
  readonly path: string;
  /** The path without names: what OpenAPI counts as the same path. */
  readonly shape: string;
  readonly parameters: readonly PathParameter[];
}

/**
 * Makes an OpenAPI path of a template. OpenAPI has no variable of several segments, and tools escape slashes in values, so
 * `/v1/{name=users/*}` becomes `/v1/users/{user}`: each wildcard is a parameter, named after its resource (google.api.resource)
 * or else the collection before it.
 */
export function openPath(
  binding: Binding,
  resources: ResourcePatterns,
  nameOf: (field: FieldType) => string,
  caseOf: (name: string) => string,
): OpenPath {
  const { segments, verb } = binding.template;
  const suffix = verb === null ? "" : `:${verb}`;
  const parameters: PathParameter[] = [];
  const taken = new Set<string>();
  const parts: string[] = [];
  const shape: string[] = [];
  for (const [i, segment] of segments.entries()) {
    if (segment.kind === "literal") {
      parts.push(segment.text);
      shape.push(segment.text);
      continue;
    }
    const variable = binding.variables.find(({ start, end }) => start <= i && i < end) ?? null;
    const whole = variable !== null && variable.end - variable.start === 1;
    const wanted =
      variable === null
        ? (collectionBefore(segments, i) ?? "wildcard")
        : whole
          ? (givenName(variable) ?? variable.path.map(nameOf).join("."))
          : partName(variable, segments, i, resources);
    const name = unique(whole ? wanted : caseOf(wanted), taken);
    parameters.push({ name, variable, whole, rest: segment.kind === "rest" });
    parts.push(`{${name}}`);
    shape.push(placeholder(segment));
  }
  return { path: `/${parts.join("/")}${suffix}`, shape: `/${shape.join("/")}${suffix}`, parameters };
}

/** The name that the field of a variable is given for this. */
function givenName({ path }: BoundVariable): string | null {
  const field = path.at(-1);
  return field === undefined ? null : pathParameterName(field);
}

function placeholder(segment: Segment): string {
  switch (segment.kind) {
    case "literal":
      return segment.text;
    case "single":
    case "rest":
      return "{}";
    default:
      return unreachable(segment);
  }
}

/** The name of a wildcard that is a part of its variable. */
function partName(
  variable: BoundVariable,
  segments: readonly Segment[],
  at: number,
  resources: ResourcePatterns,
): string {
  const field = variable.path.at(-1);
  const own = segments.slice(variable.start, variable.end);
  const names =
    field === undefined
      ? null
      : resourceNames(
          field,
          own.map((segment) => (segment.kind === "literal" ? segment.text : null)),
          resources,
        );
  const before = segments.slice(variable.start, at).filter((segment) => segment.kind !== "literal").length;
  return names?.[before] ?? collectionBefore(segments, at) ?? field?.name ?? "wildcard";
}

/** The singular of the literal before a wildcard; null where none stands there. */
function collectionBefore(segments: readonly Segment[], at: number): string | null {
  const before = segments[at - 1];
  if (before?.kind !== "literal" || !/^[A-Za-z_]/.test(before.text)) return null;
  return singular(before.text).replace(/[^A-Za-z0-9_]+/g, "_");
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let i = 2; taken.has(candidate); i++) candidate = `${name}_${i}`;
  taken.add(candidate);
  return candidate;
}

/**
 * Gives paths that differ in nothing but the names of their parameters the names of the first of them: OpenAPI counts
 * them as one path (OpenAPI 3.1, "Paths Object": "considered identical and invalid").
 */
export function unifyPaths(paths: readonly OpenPath[]): readonly OpenPath[] {
  const first = new Map<string, OpenPath>();
  return paths.map((path) => {
    const known = first.get(path.shape);
    if (known === undefined) {
      first.set(path.shape, path);
      return path;
    }
    const parameters = path.parameters.map((one, i) => ({ ...one, name: known.parameters[i]?.name ?? one.name }));
    return { ...path, path: known.path, parameters };
  });
}
