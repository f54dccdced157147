import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { nearest, quoteValue } from "../../core/index.js";
import { configSchema } from "./config-schema.js";
import { expectedText, gotValue, orList } from "./expected.js";
import type { JsonSchema } from "./json-schema.js";
import { fromPointer, type KeyPath, printKeyPath } from "./key-path.js";
import type { Source } from "./source.js";

let compiled: ValidateFunction | null = null;

/** Holds a configuration against the schema and notes every fault in its source. */
export function validate(source: Source): void {
  compiled ??= compile();
  if (compiled(source.value)) return;
  for (const error of compiled.errors ?? []) noteError(error, source);
}

function compile(): ValidateFunction {
  // `verbose` gives each error its schema and value, from which its sentence is made.
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, strictTypes: false });
  ajv.addKeyword("x-kind");
  return ajv.compile(configSchema);
}

function noteError(error: ErrorObject, source: Source): void {
  const path = fromPointer(error.instancePath);
  const schema = error.parentSchema as JsonSchema;
  switch (error.keyword) {
    case "additionalProperties": {
      const key = String(error.params["additionalProperty"]);
      source.refuseKey([...path, key], unknownKey(key, path, Object.keys(schema.properties ?? {})));
      return;
    }
    case "propertyNames": {
      const name = String(error.params["propertyName"]);
      const rule = 'expected a name that starts with a letter or digit and goes on with those, "_", "-" or "."';
      source.refuseKey([...path, name], `cannot use the name ${quoteValue(name)}: ${rule}`);
      return;
    }
    case "required": {
      const key = String(error.params["missingProperty"]);
      const expected = expectedText(schema.properties?.[key] ?? {});
      source.refuseKey(path, `key ${quoteValue(key)} is missing: expected ${expected}`);
      return;
    }
    default:
      // The error of a name itself; "propertyNames" says the same of it.
      if (error.propertyName !== undefined) return;
      // A section or list whose lines are all commented out is null to YAML; it has its default.
      if (isLeftEmpty(error.data, schema)) return;
      source.refuseValue(
        path,
        `expected ${expectedText(schema)}, got ${gotValue(error.data, schema)}${hint(error.data, schema)}`,
      );
  }
}

/** Whether a value is a section or list with nothing in it, so that its default holds. */
export function isLeftEmpty(value: unknown, schema: JsonSchema): boolean {
  return value === null && schema.default !== undefined && (schema.type === "object" || schema.type === "array");
}

/** What people write by habit. */
function hint(value: unknown, schema: JsonSchema): string {
  const scheme = typeof value === "string" ? /^(https?|grpcs?):\/\//.exec(value)?.[0] : undefined;
  if (schema["x-kind"] !== "target" || scheme === undefined) return "";
  const tls = scheme === "https://" || scheme === "grpcs://" ? " and set `tls: true`" : "";
  return `; leave ${quoteValue(scheme)} away${tls}`;
}

function unknownKey(key: string, path: KeyPath, known: readonly string[]): string {
  const near = nearest(key, known);
  if (near !== null) return `unknown key, did you mean ${quoteValue(near)}?`;
  const elsewhere = homesOf(key, configSchema, []).map((home) => quoteValue(printKeyPath(home)));
  if (elsewhere.length > 0 && elsewhere.length <= 3) return `unknown key, did you mean ${orList(elsewhere)}?`;
  const here = path.length === 0 ? "the file" : `section ${printKeyPath(path)}`;
  return known.length === 0 ? `unknown key; ${here} has no keys yet` : `unknown key; ${here} has ${known.join(", ")}`;
}

/** The paths of the schema that end in this key. */
function homesOf(key: string, schema: JsonSchema, path: KeyPath): readonly KeyPath[] {
  const homes: KeyPath[] = [];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (name === key) homes.push([...path, name]);
    homes.push(...homesOf(key, property, [...path, name]));
  }
  if (typeof schema.additionalProperties === "object") {
    homes.push(...homesOf(key, schema.additionalProperties, [...path, "<name>"]));
  }
  return homes;
}
