import type { Binding } from "../rules/index.js";
import { commentText } from "./comment-text.js";
import type { DocumentInfo } from "./types.js";

/** A version as packages have it (AIP-215): "v1", "v1beta2". */
const VERSION = /^v\d+((alpha|beta|p\d+)\w*)?$/;

/** What a document is called where nobody says so: its packages, their common version, the comment of a sole service. */
export function defaultInfo(bindings: readonly Binding[]): DocumentInfo {
  const services = [...new Set(bindings.map(({ rpc }) => rpc.service))];
  const packages = [...new Set(services.map(({ file }) => file.package))];
  const versions = new Set(packages.map((name) => name.split(".").findLast((part) => VERSION.test(part)) ?? ""));
  const [version = ""] = versions;
  const [sole] = services;
  return {
    title: packages.filter((name) => name !== "").join(", ") || "API",
    version: versions.size === 1 && version !== "" ? version : "1",
    description: services.length === 1 && sole !== undefined ? commentText(sole.comments) : "",
  };
}
