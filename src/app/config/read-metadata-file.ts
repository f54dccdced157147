import { readFileSync } from "node:fs";
import { quoteValue } from "../../core/index.js";
import { whyNoValue } from "./check-own-metadata.js";

/** The value of metadata that a file holds, or the sentence that says why there is none. */
export type FileValue =
  | { readonly kind: "value"; readonly value: string }
  | { readonly kind: "fault"; readonly message: string };

export function readMetadataFile(name: string, file: string, prefix: string | null): FileValue {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return {
      kind: "fault",
      message: `cannot read the file: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  const held = text.trimEnd();
  if (held === "") return { kind: "fault", message: `the file ${quoteValue(file)} is empty` };
  const value = `${prefix ?? ""}${held}`;
  const wrong = whyNoValue(name, value);
  return wrong === null
    ? { kind: "value", value }
    : { kind: "fault", message: `cannot send what the file ${quoteValue(file)} holds: ${wrong}` };
}
