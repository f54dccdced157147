import { finish, type Steps } from "../core/index.js";
import { buildOpenApiInSteps, type OpenApiDocument } from "../openapi/index.js";
import type { GatewayConfig } from "./config/index.js";
import type { LoadedRoutes } from "./routes/index.js";

/** The OpenAPI document of what a configuration serves. `prefix` is where its paths are mounted, "" for the root. */
export function documentOf(config: GatewayConfig, loaded: LoadedRoutes, prefix = ""): OpenApiDocument {
  return finish(documentInSteps(config, loaded, prefix));
}

/** The same, for where requests are served meanwhile. */
export function documentInSteps(config: GatewayConfig, loaded: LoadedRoutes, prefix: string): Steps<OpenApiDocument> {
  return buildOpenApiInSteps({
    schema: loaded.schema,
    bindings: loaded.bindings,
    info: null,
    json: config.json,
    errors: config.errors.format,
    streams: config.streams.default,
    forms: config.requests.forms.enabled,
    downloads: config.downloads,
    visibility: config.openapi.visibility,
    exclude: config.openapi.exclude,
    servers: [prefix === "" ? "/" : prefix],
    requestIdHeader: config.server.requestId.header,
    takesRequestId: config.server.requestId.accept,
    resumes: (rpc) => (loaded.methodFields.get(rpc)?.lastEventId ?? null) !== null,
  });
}
