import { downloadsSection } from "./downloads-section.js";
import { choice, type InputOf, integer, named, type OutputOf, section, text, toggle } from "./fields.js";
import { headersSection, jsonSection, requestsSection } from "./message-sections.js";
import { openapiSection } from "./openapi-section.js";
import { schemaSection } from "./schema-section.js";
import { serverSection } from "./server-section.js";
import { streamsSection } from "./streams-section.js";
import { upstreamSection } from "./upstream-section.js";

/** The one source of the configuration: its static type, gateway.schema.json, validation and docs/configuration.md. */
export const configSchema = section(
  "Configuration of Portico, a gateway that puts REST in front of gRPC. Every key has a default.",
  {
    server: serverSection,
    schema: schemaSection,
    upstreams: named(
      "The gRPC services behind the gateway, by a name that you choose.",
      "^[A-Za-z0-9][A-Za-z0-9_.-]*$",
      upstreamSection,
    ),
    json: jsonSection,
    requests: requestsSection,
    headers: headersSection,
    errors: section("How errors are told to clients.", {
      format: choice(
        ["status", "google", "problem"],
        "The body of an error: `status` is google.rpc.Status as JSON, `google` wraps it as Google's APIs do (`{\"error\": …}`), `problem` is RFC 9457's application/problem+json. A client's Accept header may ask for another.",
      ),
    }),
    streams: streamsSection,
    downloads: downloadsSection,
    openapi: openapiSection,
    admin: section("A port for operators, never to be reached from outside: /livez and /readyz.", {
      enabled: toggle(true, "Whether the admin port is opened."),
      host: text("127.0.0.1", "The address that it is bound to."),
      port: integer(9090, 0, 65_535, "Its port; 0 for any free one."),
      readiness: choice(
        ["gateway", "upstreams"],
        "What /readyz asks: `gateway` is ready once the gateway serves and until it drains; `upstreams` asks also that every upstream can be reached and, where it has grpc.health.v1, does not say NOT_SERVING, and that those of `schema.reflection` have told their schema.",
      ),
    }),
    log: section("The log, one JSON object a line on standard output.", {
      level: choice(
        ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
        "The least severe level that is written.",
        "info",
      ),
      access: toggle(true, "Whether every request is logged with one line, at level info, once it is over."),
      format: choice(["json"], "How a line is written."),
    }),
    migration: section("The way from an old REST service to gRPC; it has no keys yet.", {}),
  },
);

/** What the program works with: complete, parsed, frozen. */
export type ConfigSections = DeepReadonly<OutputOf<typeof configSchema>>;

/** What a user may write, in a file or as an object; see configSchema. */
export type ConfigInput = InputOf<typeof configSchema>;

/** The configuration of one gateway. Durations are milliseconds (Infinity for none), sizes bytes, paths absolute. */
export interface GatewayConfig extends ConfigSections {
  /** The configuration's file as the user named it; null where it was given as an object. */
  readonly file: string | null;
  /** Absolute; what `schema.protos.files` is relative to. */
  readonly directory: string;
}

export type UpstreamConfig = GatewayConfig["upstreams"][string];

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
