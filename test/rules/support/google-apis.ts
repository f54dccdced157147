import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { type Fault, printFault } from "../../../src/core/index.js";
import { type Binding, bindRules, createMatcher, printBinding, type Template } from "../../../src/rules/index.js";
import { loadProtoFiles, type Schema } from "../../../src/schema/index.js";
import { googleFaults } from "./google-faults.js";

/** Where the package google-proto-files has its protos. */
export const googleRoot = dirname(createRequire(import.meta.url).resolve("google-proto-files/package.json"));

/** What became of the annotated methods of one directory, which is one version of one API. */
export interface ApiReport {
  readonly directory: string;
  readonly schema: Schema;
  readonly bound: readonly Binding[];
  readonly files: number;
  readonly methods: number;
  readonly bindings: number;
  /** Those that googleFaults does not name. */
  readonly faults: readonly string[];
  /** Methods that googleFaults names, and whose rules were refused for that. */
  readonly refused: readonly string[];
  /** Requests made of a binding's template that found no rule, another HTTP method, or the wrong captures. */
  readonly mismatches: readonly string[];
  /** Bindings whose example is served by a more specific template. */
  readonly shadowed: readonly string[];
}

/** The directories with at least one proto that has google.api.http annotations, sorted. */
export function annotatedDirectories(): readonly string[] {
  const found = new Set<string>();
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules") visit(path);
      } else if (entry.name.endsWith(".proto") && readFileSync(path, "utf8").includes("(google.api.http)")) {
        found.add(relative(googleRoot, directory));
      }
    }
  };
  visit(googleRoot);
  return [...found].sort();
}

/** Loads, binds and matches all annotated methods of a directory's own files. */
export function examineApi(directory: string): ApiReport {
  const schema = loadProtoFiles({ roots: [googleRoot], files: [`${directory}/*.proto`], cwd: googleRoot });
  const own = (file: string): boolean => dirname(file) === directory;
  const { bindings, faults } = bindRules(schema, {
    ruleFiles: [],
    unboundMethods: "off",
    services: (service) => own(service.file.name),
  });
  return {
    directory,
    schema,
    bound: bindings,
    files: [...schema.files.keys()].filter(own).length,
    methods: annotatedMethods(schema, own),
    bindings: bindings.length,
    faults: faults.filter((fault) => !isKnown(fault)).map(printFault),
    refused: [...new Set(faults.filter(isKnown).map((fault) => fault.subject ?? ""))],
    ...matchExamples(bindings, faults),
  };
}

function isKnown({ subject, message }: Fault): boolean {
  switch (googleFaults.get(subject ?? "")) {
    case "clash":
      return isClash(message);
    case "wildcard behind **":
      return message.includes('a wildcard behind "**"');
    default:
      return false;
  }
}

function isClash(message: string): boolean {
  return message.endsWith("matches the same requests");
}

function annotatedMethods(schema: Schema, own: (file: string) => boolean): number {
  return [...schema.services.values()]
    .filter((service) => own(service.file.name))
    .flatMap((service) => service.methods)
    .filter((method) => Object.hasOwn(method.options, "[google.api.http]")).length;
}

function matchExamples(
  bindings: readonly Binding[],
  faults: readonly Fault[],
): { readonly mismatches: readonly string[]; readonly shadowed: readonly string[] } {
  const mismatches: string[] = [];
  const shadowed: string[] = [];
  // Of two bindings of one shape the second is a fault, named already.
  const clashing = faults.some((fault) => isClash(fault.message));
  const matchers = clashing
    ? bindings.map((binding) => ({ only: [binding], matcher: matcherOf([binding]) }))
    : [{ only: bindings, matcher: matcherOf(bindings) }];
  for (const { only, matcher } of matchers) {
    for (const binding of only) {
      const { path, captures } = exampleOf(binding.template);
      const match = matcher.match(binding.httpMethod === "*" ? "PURGE" : binding.httpMethod, path);
      if (match.kind !== "found") mismatches.push(`${printBinding(binding)}: ${path} is ${match.kind}`);
      else if (match.value !== binding)
        shadowed.push(`${printBinding(binding)}: ${path} is ${printBinding(match.value)}`);
      else if (match.captures.join() !== captures.join()) {
        mismatches.push(`${printBinding(binding)}: ${path} captures ${match.captures.join()}`);
      }
    }
  }
  return { mismatches, shadowed };
}

function matcherOf(bindings: readonly Binding[]) {
  return createMatcher(
    bindings.map((binding) => ({ binding, value: binding })),
    { multiSegment: "all-but-slash", ignoreTrailingSlash: false },
  );
}

/** A path that a template matches, with an escape and a colon in its values, and what its variables then hold. */
function exampleOf(template: Template): { readonly path: string; readonly captures: readonly string[] } {
  const raw = template.segments.map((segment, i) => {
    if (segment.kind === "literal") return segment.text;
    return segment.kind === "single" ? `q:${i}%20z` : `q${i}/r%2Fs`;
  });
  const captures = template.variables.map((variable) =>
    raw.slice(variable.start, variable.end).join("/").replaceAll("%20", " "),
  );
  return { path: `/${raw.join("/")}${template.verb === null ? "" : `:${template.verb}`}`, captures };
}
