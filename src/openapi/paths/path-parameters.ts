import type { Binding } from "../../rules/index.js";
import { notesOfField } from "../annotations/index.js";
import { commentText } from "../comment-text.js";
import { fieldLimits } from "../constraints/field-limits.js";
import { type Schemas, withLimits } from "../schemas/create-schemas.js";
import { filled, type JsonObject, type JsonSchema, type JsonValue, object } from "../types.js";
import type { OpenPath, PathParameter } from "./open-path.js";

/** The parameters of a path. */
export function pathParameters(binding: Binding, { parameters }: OpenPath, schemas: Schemas): readonly JsonObject[] {
  return parameters.map((parameter) =>
    object({
      name: parameter.name,
      in: "path",
      required: true,
      description: filled(describe(parameter, formOf(binding, parameters, parameter))),
      schema: schemaOf(parameter, schemas),
      example: exampleOf(parameter),
      // What generic tools cannot do: send the slashes of the value as they are.
      "x-multi-segment": parameter.rest ? true : undefined,
    }),
  );
}

function describe({ variable, whole, rest }: PathParameter, form: string): string {
  const field = variable?.path.at(-1);
  const { description } = field === undefined ? {} : notesOfField(field);
  const comment = typeof description === "string" ? description : commentText(field?.comments ?? NO_COMMENTS);
  const parts = [
    variable === null || whole ? "" : `Field \`${variable.fieldPath}\` is \`${form}\`.`,
    comment,
    rest ? "Takes any number of segments: its slashes stand in the path as they are, not escaped." : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

const NO_COMMENTS = { leading: "", trailing: "", detached: [] };

/** The segments of a parameter's variable, its wildcards by their names: "users/{user}". */
function formOf({ template }: Binding, parameters: readonly PathParameter[], { variable }: PathParameter): string {
  if (variable === null) return "";
  const wildcards = parameters[Symbol.iterator]();
  const parts = template.segments.map((segment) =>
    segment.kind === "literal" ? segment.text : `{${wildcards.next().value?.name}}`,
  );
  return parts.slice(variable.start, variable.end).join("/");
}

/** That of the field, where the parameter is all of it. */
function exampleOf({ variable, whole }: PathParameter): JsonValue | undefined {
  const field = variable?.path.at(-1);
  return field === undefined || !whole ? undefined : notesOfField(field)["example"];
}

/** An empty segment matches no wildcard; a part of a resource name has no slash, or could not be told from the next one. */
function schemaOf({ variable, whole, rest }: PathParameter, schemas: Schemas): JsonSchema {
  const field = variable?.path.at(-1);
  if (rest) return { type: "string", pattern: "^[^/].*$" };
  if (field === undefined || !whole) return { type: "string", pattern: "^[^/]+$" };
  const schema = withLimits(schemas.value(field, "request"), fieldLimits(field, schemas.form));
  return schema["type"] === "string" && Object.keys(schema).length === 1 ? { ...schema, minLength: 1 } : schema;
}
