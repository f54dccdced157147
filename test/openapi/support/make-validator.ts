import { Ajv } from "ajv";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { OpenApiDocument } from "../../../src/openapi/index.js";

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const UINT64 = { min: 0n, max: 2n ** 64n - 1n };

function isWithin(text: string, { min, max }: { readonly min: bigint; readonly max: bigint }): boolean {
  return /^-?[0-9]+$/.test(text) && BigInt(text) >= min && BigInt(text) <= max;
}

/** Says what is wrong with a value under the schema at a JSON Pointer of the document (as a URI fragment), or null. */
export type Validator = (pointer: string, value: unknown) => string | null;

/**
 * Validates by JSON Schema 2020-12, formats of OpenAPI's registry included; a document of OpenAPI 3.0 by what its dialect shares
 * with draft 7, and `nullable`.
 */
export function makeValidator(document: OpenApiDocument): Validator {
  const options = { strict: false, allErrors: true };
  const ajv = document.openapi.startsWith("3.0") ? new Ajv(options) : new Ajv2020(options);
  (addFormats as unknown as (to: Ajv) => void)(ajv);
  ajv.addFormat("int32", {
    type: "number",
    validate: (n: number) => Number.isInteger(n) && Math.abs(n + 0.5) <= 2 ** 31,
  });
  ajv.addFormat("uint32", { type: "number", validate: (n: number) => Number.isInteger(n) && n >= 0 && n < 2 ** 32 });
  ajv.addFormat("int64", { type: "string", validate: (text: string) => isWithin(text, INT64) });
  ajv.addFormat("uint64", { type: "string", validate: (text: string) => isWithin(text, UINT64) });
  ajv.addFormat("byte", /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
  for (const format of ["double", "float"]) ajv.addFormat(format, { type: "number", validate: () => true });
  ajv.addFormat("binary", true);
  ajv.addSchema(document, "document");

  const compiled = new Map<string, ValidateFunction>();
  return (pointer, value) => {
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` });
    compiled.set(pointer, validate);
    if (validate(value)) return null;
    return ajv.errorsText(validate.errors, { dataVar: "" });
  };
}
