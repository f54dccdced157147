import type { Fault } from "../../core/index.js";
import type { DocumentedService, Documents } from "../../http/index.js";
import {
  applyOverlays,
  type OpenApiDocument,
  type Overlaid,
  type Overlay,
  printOpenApi,
  toOpenApi30,
} from "../../openapi/index.js";
import type { GatewayConfig } from "../config/index.js";
import { documentOf } from "../document-of.js";
import type { LoadedRoutes } from "../routes/index.js";
import { documentedServices } from "./documented-services.js";
import { isPartOf } from "./is-part-of.js";

/** The documents of what is served, and what of the overlays could not be done in the one of all. */
export interface OverlaidDocuments extends Documents {
  faults(): readonly Fault[];
}

/** The documents of loaded routes under overlays. Each is made when it is first asked for. */
export function createDocuments(
  config: GatewayConfig,
  loaded: LoadedRoutes,
  overlays: readonly Overlay[],
  prefix: string,
): OverlaidDocuments {
  const made = new Map<string | null, Overlaid>();
  let told: { readonly services: readonly DocumentedService[]; readonly parts: readonly string[] } | null = null;

  const make = (part: string | null): Overlaid => {
    const { bindings } = loaded;
    const wanted = part === null ? bindings : bindings.filter(({ rpc }) => isPartOf(rpc.service.fullName, part));
    const document = documentOf(config, { ...loaded, bindings: wanted }, prefix);
    // As it was made: an overlay may take away what tells the services.
    if (part === null) told = tell(document);
    return applyOverlays(document, overlays);
  };
  const overlaid = (part: string | null): Overlaid => {
    const known = made.get(part) ?? make(part);
    made.set(part, known);
    return known;
  };
  const contents = () => {
    if (told === null) overlaid(null);
    return told ?? NOTHING;
  };

  return {
    get services() {
      return contents().services;
    },
    get parts() {
      return contents().parts;
    },
    document: (part) => overlaid(part).document,
    print({ part, version, format }) {
      const document = overlaid(part).document as OpenApiDocument;
      return printOpenApi(version === "3.0" ? toOpenApi30(document) : document, format);
    },
    // What is not known yet may be what an action is for.
    faults: () => (loaded.complete ? overlaid(null).faults : []),
  };
}

const NOTHING = { services: [], parts: [] };

function tell(document: OpenApiDocument) {
  const services = documentedServices(document);
  const names = services.map(({ fullName }) => fullName);
  const packages = [...new Set(names.map((name) => `${name.slice(0, Math.max(0, name.lastIndexOf(".")))}.*`))];
  const parts = [...(packages.length > 1 ? packages : []), ...(names.length > 1 ? names : [])];
  return { services, parts: parts.filter((part) => part !== ".*") };
}
