import type { Metadata } from "../../core/index.js";
import { readMetadataFile, type UpstreamConfig } from "../config/index.js";

/**
 * What goes with the gateway's own questions to an upstream. Files are read for each; what one holds that cannot be used is
 * told once, and what it held before stays in use, or, if it never held anything, nothing.
 */
export function ownMetadata(
  entries: UpstreamConfig["ownMetadata"],
  unreadable: (cause: string) => void,
): () => Metadata {
  const readers = Object.entries(entries).map(([name, { value, file, prefix }]): (() => Metadata) => {
    if (file === null) {
      const entry = [name, value ?? ""];
      return () => entry;
    }
    let last: Metadata = [];
    let told: string | null = null;
    return () => {
      const read = readMetadataFile(name, file, prefix);
      if (read.kind === "value") last = [name, read.value];
      else if (read.message !== told) unreadable(`metadata ${name}: ${read.message}`);
      told = read.kind === "value" ? null : read.message;
      return last;
    };
  });
  return () => readers.flatMap((read) => read());
}
