import type { Documents, TextRequest } from "./types.js";

/** What the query of a document's URL asks for, or why it cannot be had. */
export type Asked =
  | { readonly kind: "text"; readonly request: TextRequest }
  | { readonly kind: "refused"; readonly status: 400 | 404; readonly message: string };

/** Reads `?service=` and `?version=`. */
export function readQuery(url: string, format: TextRequest["format"], { parts, services }: Documents): Asked {
  const query = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?") + 1) : "");
  const version = query.get("version") ?? "3.1";
  if (version !== "3.1" && version !== "3.0") {
    return { kind: "refused", status: 400, message: "cannot read the query: version is 3.1 or 3.0" };
  }
  const service = query.get("service");
  if (service === null) return { kind: "text", request: { part: null, version, format } };
  if (parts.includes(service)) return { kind: "text", request: { part: service, version, format } };
  if (coversAll(service, services)) return { kind: "text", request: { part: null, version, format } };
  return { kind: "refused", status: 404, message: "no service and no package of that name is documented" };
}

/** Whether a name stands for all there is: the one service, the one package. */
function coversAll(name: string, services: Documents["services"]): boolean {
  const fits = ({ fullName }: Documents["services"][number]): boolean =>
    name.endsWith(".*") ? packageOf(fullName) === name.slice(0, -2) : fullName === name;
  return services.length > 0 && services.every(fits);
}

function packageOf(fullName: string): string {
  return fullName.slice(0, Math.max(0, fullName.lastIndexOf(".")));
}
