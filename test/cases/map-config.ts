import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigInput } from "../../src/app/index.js";
import type { SuiteName } from "./load-cases.js";

/** What a neutral setting is in this project. */
type MapSetting = (value: unknown, all: Settings) => ConfigInput;
type Settings = Readonly<Record<string, unknown>>;

/** What is always so here, whatever the neutral setting says. */
const always: ConfigInput = {};

/** Every neutral word of both suites. A word that is not here fails the run. */
const settings: Readonly<Record<string, MapSetting>> = {
  // cases.json, in Envoy's words
  "request_validation_options.reject_unknown_method": () => always,
  "request_validation_options.reject_unknown_query_parameters": (value, all) => ({
    // Envoy: ignore_unknown_query_parameters wins.
    requests: { unknownQuery: value === true && all["ignore_unknown_query_parameters"] !== true ? "reject" : "ignore" },
  }),
  "request_validation_options.reject_binding_body_field_collisions": (value) => ({
    requests: { collisions: value === true ? "reject" : "path" },
  }),
  ignore_unknown_query_parameters: (value) => ({ requests: { unknownQuery: value === true ? "ignore" : "reject" } }),
  ignored_query_parameters: (value) => ({ requests: { ignoredQuery: value as string[] } }),
  url_unescape_spec: (value) => ({ requests: { pathDecoding: oneOf(pathDecodings, value) } }),
  case_insensitive_enum_parsing: (value) => ({ json: { caseInsensitiveEnums: value === true } }),
  max_request_body_size: (value) => ({ server: { limits: { body: value as number } } }),
  max_response_body_size: (value) => ({ server: { limits: { reply: value as number } } }),
  "print_options.always_print_primitive_fields": (value) => ({
    json: { emitDefaults: value === true ? "scalars" : "none" },
  }),
  "print_options.always_print_enums_as_ints": (value) => ({ json: { enumsAsNumbers: value === true } }),
  "print_options.preserve_proto_field_names": (value) => ({ json: { protoNames: value === true } }),
  "print_options.stream_newline_delimited": (value) => (value === true ? { streams: { default: "ndjson" } } : {}),
  "print_options.stream_sse_style_delimited": (value) => (value === true ? { streams: { default: "sse" } } : {}),
  // Errors always have a google.rpc.Status as their body.
  convert_grpc_status: () => always,
  auto_mapping: (value) => ({ schema: { unboundMethods: value === true ? "post" : "off" } }),
  services: (value) => ({ upstreams: { fake: { target: "", services: value as string[] } } }),

  // gocases.json
  path_unescape: (value) => ({ requests: { pathDecoding: oneOf(pathDecodings, value) } }),
  service_config: (value) => ({ schema: { rules: [writeRules(value)] } }),
  unknown_query: (value) => ({ requests: { unknownQuery: oneOf(rejectOrIgnore, value) } }),
  unknown_body_fields: (value) => ({ requests: { unknownFields: oneOf(rejectOrIgnore, value) } }),
  form_fallback: (value) => ({ requests: { formFallback: value === true } }),
  patch_infer_mask: (value) => ({ requests: { inferFieldMask: value === true } }),
  stream_framing: (value) => ({ streams: { default: oneOf(framings, value) } }),
  // Bodies of client streams are read as an array or as values one after the other, by what they begin with.
  request_stream_framing: (value) => oneOf({ auto: always }, value),
  // There is no policy by name, but lists. The allow-list that is always there has what these cases ask for.
  header_policy: (value) =>
    oneOf({ "grpc-gateway": {}, passthrough: { headers: { toMetadata: ["*"], fromMetadata: ["*"] } } }, value),
  multipart: (value) => ({ requests: { forms: { enabled: value === true } } }),
  emit_unpopulated: (value) => ({ json: { emitDefaults: value === true ? "all" : "none" } }),
  enums_as_ints: (value) => ({ json: { enumsAsNumbers: value === true } }),
};

const pathDecodings = {
  ALL_CHARACTERS_EXCEPT_RESERVED: "all-but-reserved",
  ALL_CHARACTERS_EXCEPT_SLASH: "all-but-slash",
  ALL_CHARACTERS: "all",
  all_except_reserved: "all-but-reserved",
  all_except_slash: "all-but-slash",
  all: "all",
} as const;
const rejectOrIgnore = { reject: "reject", ignore: "ignore" } as const;
const framings = { ndjson: "ndjson", json_array: "array", sse: "sse" } as const;

/** Where the upstream of a case is, and who speaks to it. */
export interface CaseUpstream {
  readonly target: string;
  readonly transport: "http2" | "grpc-js";
}

/** Where the gateway has the suite's proto from: the file, or the upstream. */
export type SchemaFrom = "file" | "reflection";

/** The configuration in which a case of a suite is performed: the suite's proto, an upstream, and what the case asks for. */
export function mapConfig(suite: SuiteName, neutral: Settings, upstream: CaseUpstream, from: SchemaFrom): ConfigInput {
  const base: ConfigInput = {
    schema:
      from === "reflection"
        ? { reflection: ["fake"], reflectionRefresh: "none" }
        : { protos: { roots: ["test/cases"], files: [`test/cases/${suite}.proto`] } },
    upstreams: { fake: { ...upstream, deadline: "none", maxDeadline: "none" } },
    openapi: { enabled: false },
    admin: { enabled: false },
    log: { level: "silent" },
  };
  const wanted = flatten(neutral).map(([word, value]) => {
    const map = Object.hasOwn(settings, word) ? settings[word] : undefined;
    if (map === undefined) throw new Error(`cannot map the setting ${word}: ${suite}.json has a word that is new`);
    return map(value, neutral);
  });
  const merged = wanted.reduce<ConfigInput>((config, more) => merge(config, more) as ConfigInput, base);
  // `services` names the upstream, but not where it is.
  return merge(merged, { upstreams: { fake: upstream } }) as ConfigInput;
}

/** The neutral words that the table knows, for the test that none is stale. */
export const knownSettings: readonly string[] = Object.keys(settings);

/** Settings as words with a dot, but for a value that is one as a whole. */
export function flatten(neutral: Settings): [string, unknown][] {
  return Object.entries(neutral).flatMap(([word, value]): [string, unknown][] => {
    if (Object.hasOwn(settings, word) || !isObject(value)) return [[word, value]];
    return Object.entries(value).map(([inner, innerValue]) => [`${word}.${inner}`, innerValue]);
  });
}

function oneOf<T>(table: Readonly<Record<string, T>>, value: unknown): T {
  const found = Object.hasOwn(table, String(value)) ? table[String(value)] : undefined;
  if (found === undefined)
    throw new Error(`cannot map ${JSON.stringify(value)}: expected one of ${Object.keys(table)}`);
  return found;
}

/** A rule file. JSON is YAML. */
function writeRules(value: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), "portico-cases-")), "rules.yaml");
  writeFileSync(path, JSON.stringify({ type: "google.api.Service", config_version: 3, ...(value as object) }));
  return path;
}

function merge(a: unknown, b: unknown): unknown {
  if (!isObject(a) || !isObject(b)) return b;
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) merged[key] = key in merged ? merge(merged[key], value) : value;
  return merged;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
