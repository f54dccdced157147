import { isBinaryName, quoteValue } from "../../core/index.js";
import { isSendable } from "../../upstream/index.js";
import type { UpstreamConfig } from "./config-schema.js";
import type { KeyPath } from "./key-path.js";
import { ownMetadataName } from "./own-metadata-section.js";
import type { Source } from "./source.js";

/** Notes the faults of an upstream's `ownMetadata`, whose path is `at`. Values are secrets: no fault has one in it. */
export function checkOwnMetadata(ownMetadata: UpstreamConfig["ownMetadata"], at: KeyPath, source: Source): void {
  for (const [name, entry] of Object.entries(ownMetadata)) {
    const path = [...at, name];
    if (source.isBroken(path) || !new RegExp(ownMetadataName).test(name)) continue;
    const reason = whyNoName(name);
    if (reason !== null) source.refuseKey(path, `cannot send metadata ${quoteValue(name)}: ${reason}`);
    else checkEntry(name, entry, path, source);
  }
}

function checkEntry(
  name: string,
  { value, file, prefix }: UpstreamConfig["ownMetadata"][string],
  path: KeyPath,
  source: Source,
): void {
  if (["value", "file", "prefix"].some((key) => source.isBroken([...path, key]))) return;
  if (value === null && file === null) source.refuseKey(path, "expected a value or a file, got neither");
  if (value !== null && file !== null) source.refuseKey([...path, "file"], "value is there: give one of the two");
  if (prefix !== null && file === null) source.refuseKey([...path, "prefix"], "only a file has a prefix");
  for (const [key, text] of Object.entries({ value, prefix })) {
    const wrong = text === null ? null : whyNoValue(name, text);
    if (wrong !== null) source.refuseValue([...path, key], `${wrong}, got something else, which is not shown`);
  }
}

function whyNoName(name: string): string | null {
  if (name !== name.toLowerCase()) return `names are lower case, did you mean ${quoteValue(name.toLowerCase())}?`;
  if (name.startsWith("grpc-")) return 'names that start with "grpc-" are gRPC\'s own';
  return isSendable(name, "") ? null : "the name belongs to HTTP/2 or gRPC";
}

/** Why gRPC cannot carry a value under a name; null where it can. */
export function whyNoValue(name: string, value: string): string | null {
  if (isSendable(name, value)) return null;
  return isBinaryName(name) ? "expected base64" : "expected printable characters of ASCII alone";
}
