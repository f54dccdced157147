import type { Notes } from "../annotations/index.js";
import { asList, asObject } from "../read-json.js";
import { filled, type JsonObject, type JsonValue, object } from "../types.js";

/**
 * Parameters with what annotations say of them. Headers and cookies that only annotations know are added; a parameter in path
 * or query that the gateway does not read would be a lie.
 */
export function withToldParameters(
  parameters: readonly JsonObject[],
  { parameters: told }: Notes,
): readonly JsonObject[] {
  const all = new Map(parameters.map((one) => [keyOf(one), one]));
  for (const one of asList(told).map(asObject)) {
    const known = all.get(keyOf(one));
    const isFree = one["in"] === "header" || one["in"] === "cookie";
    if (known !== undefined) all.set(keyOf(one), { ...known, ...one });
    else if (isFree) all.set(keyOf(one), one);
  }
  return [...all.values()];
}

/** References to the parameters that all operations have are like no other. Names of headers are those in any case. */
function keyOf({ name, in: place, $ref: reference }: JsonObject): string {
  const text = String(name ?? reference);
  return `${String(place)} ${place === "header" ? text.toLowerCase() : text}`;
}

/** A body with the words of annotations; one of bytes has the media types that they name. */
export function withToldBody(body: JsonObject, { requestBody, consumes }: Notes, isRaw: boolean): JsonObject {
  const told = { ...body, ...asObject(requestBody) };
  return isRaw ? { ...told, content: ofTypes(asObject(body["content"]), asList(consumes)) } : told;
}

/**
 * Responses with what annotations say of them: words, headers, examples; bytes under the media types that they name. A status
 * that no one told of is one of the service's own errors: what its body looks like is known all the same.
 */
export function withToldResponses(
  responses: JsonObject,
  { responses: told, produces }: Notes,
  components: JsonObject,
  isRaw: boolean,
): JsonObject {
  const out: Record<string, JsonObject> = {};
  for (const status of new Set([...Object.keys(responses), ...Object.keys(asObject(told))])) {
    const known = asObject(responses[status] ?? { $ref: "#/components/responses/Error" });
    const { headers, examples, types, ...words } = asObject(asObject(told)[status]);
    const isBytes = isRaw && (status === "200" || status === "206");
    const named = isBytes ? asList(types ?? produces) : [];
    if (headers === undefined && examples === undefined && named.length === 0) {
      out[status] = { ...known, ...words };
      continue;
    }
    const whole = dereferenced(known, components);
    out[status] = object({
      ...whole,
      ...words,
      headers: filled({ ...asObject(whole["headers"]), ...asObject(headers) }),
      content: filled(withExamples(ofTypes(asObject(whole["content"]), named), asObject(examples))),
    });
  }
  return out;
}

/** Beside a reference there is room for words alone (OpenAPI 3.1, "Reference Object"). */
function dereferenced({ $ref: reference, ...rest }: JsonObject, components: JsonObject): JsonObject {
  if (typeof reference !== "string") return rest;
  return { ...asObject(components[reference.slice(reference.lastIndexOf("/") + 1)]), ...rest };
}

/** The schema of bytes under each of the media types; as it is where none is named. */
function ofTypes(content: JsonObject, types: readonly JsonValue[]): JsonObject {
  const [media] = Object.values(content);
  if (types.length === 0 || media === undefined) return content;
  return Object.fromEntries(types.map((type) => [String(type), media]));
}

function withExamples(content: JsonObject, examples: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(content).map(([type, media]) => {
      const example = examples[type];
      return [type, example === undefined ? media : { ...asObject(media), example }];
    }),
  );
}
