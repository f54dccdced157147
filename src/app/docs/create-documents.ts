import { type Fault, finish, finishInTurns, type Steps } from "../../core/index.js";
import type { DocumentedService, Documents, TextRequest } from "../../http/index.js";
import {
  applyOverlays,
  type OpenApiDocument,
  type Overlaid,
  type Overlay,
  printOpenApiInSteps,
  toOpenApi30InSteps,
} from "../../openapi/index.js";
import type { GatewayConfig } from "../config/index.js";
import { documentInSteps } from "../document-of.js";
import type { LoadedRoutes } from "../routes/index.js";
import { documentedServices } from "./documented-services.js";
import { isPartOf } from "./is-part-of.js";

/** The documents of what is served, and what of the overlays could not be done in the one of all. */
export interface OverlaidDocuments extends Documents {
  /** Makes the document of all in steps; without this it is made in one when it is first asked for. */
  prepare(): Steps<void>;
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

  function* make(part: string | null): Steps<Overlaid> {
    const known = made.get(part);
    if (known !== undefined) return known;
    const { bindings } = loaded;
    const wanted = part === null ? bindings : bindings.filter(({ rpc }) => isPartOf(rpc.service.fullName, part));
    const document = yield* documentInSteps(config, { ...loaded, bindings: wanted }, prefix);
    // As it was made: an overlay may take away what tells the services.
    if (part === null) told = tell(document);
    const overlaid = applyOverlays(document, overlays);
    made.set(part, overlaid);
    return overlaid;
  }
  const overlaid = (part: string | null): Overlaid => finish(make(part));
  function* print({ part, version, format }: TextRequest): Steps<string> {
    const document = (yield* make(part)).document as OpenApiDocument;
    return yield* printOpenApiInSteps(version === "3.0" ? yield* toOpenApi30InSteps(document) : document, format);
  }
  const contents = () => {
    if (told === null) overlaid(null);
    return told ?? NOTHING;
  };

  return {
    *prepare() {
      yield* make(null);
    },
    get services() {
      return contents().services;
    },
    get parts() {
      return contents().parts;
    },
    document: (part) => overlaid(part).document,
    print: (request) => finishInTurns(print(request)),
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
