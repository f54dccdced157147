import type { FieldType } from "../../schema/index.js";
import { asObject } from "../read-json.js";
import type { JsonObject } from "../types.js";

/** google.api.FieldInfo.Format (AIP-202) as formats of JSON Schema. */
const formats: Readonly<Record<string, JsonObject>> = {
  UUID4: { format: "uuid" },
  IPV4: { format: "ipv4" },
  IPV6: { format: "ipv6" },
};

/** The format that google.api.field_info gives a field; none for one that JSON Schema has no name for. */
export function formatOf({ options }: FieldType): JsonObject {
  const { format } = asObject(options["[google.api.field_info]"]);
  return formats[String(format)] ?? {};
}
