import type { DocumentedService } from "../../http/index.js";
import type { OpenApiDocument } from "../../openapi/index.js";

/** The services of a document, each with its tag: what is hidden from readers is not among them. */
export function documentedServices({ paths }: OpenApiDocument): readonly DocumentedService[] {
  const tags = new Map<string, string>();
  for (const operation of Object.values(paths).flatMap(operationsOf)) {
    const [service] = String(operation["x-grpc-method"]).split("/");
    const [tag] = Array.isArray(operation["tags"]) ? operation["tags"] : [];
    if (service !== undefined && !tags.has(service)) tags.set(service, String(tag));
  }
  return [...tags].map(([fullName, tag]) => ({ fullName, tag }));
}

type Operation = Readonly<Record<string, unknown>>;

function operationsOf(item: OpenApiDocument["paths"][string]): readonly Operation[] {
  const { "x-additional-operations": others, ...known } = item;
  return [...Object.values(known), ...Object.values((others ?? {}) as Operation)].filter(
    (one): one is Operation => typeof one === "object" && one !== null && "x-grpc-method" in one,
  );
}
