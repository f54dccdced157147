import type { JsonObject, JsonSchema, JsonValue, OpenApiDocument } from "../../../src/openapi/index.js";
import type { RawRequest } from "../../support/raw-http.js";
import type { Validator } from "./make-validator.js";
import { asList, asObject, type Operation, pointer, resolve } from "./read-document.js";

export type Generate = (schema: JsonSchema, chance: number) => JsonValue;

/**
 * Makes a request of an operation: values of its schemas, laid out by the styles of its parameters. `chance` in percent is
 * that of what need not be there; where what came out does not fit (`not`), it is tried again with less.
 */
export function makeRequest(
  document: OpenApiDocument,
  operation: Operation,
  generate: Generate,
  validate: Validator,
  chance: number,
  roll: () => number,
): RawRequest {
  let { path } = operation;
  const query: string[] = [];
  const headers: Record<string, string> = {};
  for (const [i, one] of asList(operation.members["parameters"]).entries()) {
    const parameter = resolve(document, one);
    const name = String(parameter["name"]);
    const content = asObject(asObject(asObject(parameter["content"])["application/json"])["schema"]);
    const isJson = parameter["content"] !== undefined;
    if (parameter["required"] !== true && roll() >= chance) continue;
    // Members of a oneof exclude each other, which OpenAPI can only say in words.
    if (/Not together with/.test(String(parameter["description"])) && query.length > 0) continue;
    const inContent = operation.pointer + pointer("parameters", String(i), "content", "application/json", "schema");
    const value = isJson
      ? fitting(content, inContent, generate, validate, chance)
      : generate(asObject(parameter["schema"]), chance);
    if (parameter["in"] === "path") {
      const rest = parameter["x-multi-segment"] === true;
      const text = String(value)
        .split("/")
        .map(encodeURIComponent)
        .join(rest ? "/" : "%2F");
      path = path.replace(`{${name}}`, () => text);
    } else if (parameter["in"] === "query") {
      query.push(...queryTexts(name, isJson ? JSON.stringify(value) : value));
    } else {
      // What a field value may hold (RFC 9110, 5.5) is not the document's to say.
      headers[name] = String(value).replace(/[^\x20-\x7e]/g, "");
    }
  }
  const target = query.length === 0 ? path : `${path}?${query.join("&")}`;
  return { method: operation.httpMethod, path: target, ...makeBody(operation, generate, validate, chance, headers) };
}

function queryTexts(name: string, value: JsonValue): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => queryTexts(name, one as JsonValue));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(
      ([key, one]) => `${encodeURIComponent(`${name}[${key}]`)}=${encodeURIComponent(String(one))}`,
    );
  }
  return [`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`];
}

function makeBody(
  operation: Operation,
  generate: Generate,
  validate: Validator,
  chance: number,
  headers: Record<string, string>,
): Pick<RawRequest, "headers" | "body"> {
  const body = asObject(operation.members["requestBody"]);
  const content: JsonObject = asObject(body["content"]);
  const json = asObject(content["application/json"]);
  if (Object.keys(content).length === 0) return { headers };
  if (json["schema"] === undefined) {
    return { headers: { ...headers, "content-type": "application/octet-stream" }, body: "\0\u0001bytes" };
  }
  const at = operation.pointer + pointer("requestBody", "content", "application/json", "schema");
  const value = fitting(asObject(json["schema"]), at, generate, validate, chance);
  return { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** A value that fits its whole schema, `not` included: where what was made does not, it is tried again with less. */
function fitting(schema: JsonSchema, at: string, generate: Generate, validate: Validator, chance: number): JsonValue {
  for (let less = chance; ; less = less >> 1) {
    const value = generate(schema, less);
    const fault = validate(at, value);
    if (fault === null) return value;
    if (less === 0) throw new Error(`no value fits ${at}: ${fault}`);
  }
}
