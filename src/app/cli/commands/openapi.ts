import { readFileSync, writeFileSync } from "node:fs";
import { FaultsError, nearest, quoteValue } from "../../../core/index.js";
import type { BreakingChange, JsonObject, OpenApiDocument } from "../../../openapi/index.js";
import type { GatewayConfig } from "../../config/index.js";
import type { LoadedRoutes } from "../../routes/index.js";
import { together } from "../../together.js";
import type { Command, CommandContext } from "../command.js";
import { type Arguments, UsageError } from "../parse-arguments.js";
import { commonExitCodes, configOption, count, readConfig } from "./shared.js";

type Format = "json" | "yaml";

export const openapiCommand: Command = {
  name: "openapi",
  summary: "Print the OpenAPI document of what is served, and say what in it breaks clients.",
  purpose: [
    "Prints the OpenAPI 3.1 document of what the configuration serves, the one that `serve` publishes, or writes it to a",
    "file. With --against it is held against an older document: every change that a client made for that one runs into is",
    "listed, one line each, and the exit code is 1 if there is any. Nothing is written then.",
  ].join("\n"),
  operands: [],
  options: {
    ...configOption,
    out: {
      kind: "value",
      short: "o",
      placeholder: "FILE",
      description: "Write it to FILE instead of standard output.",
    },
    format: {
      kind: "value",
      placeholder: "FORMAT",
      description: "json or yaml; by default what the file's name ends in, else yaml.",
    },
    "openapi-version": {
      kind: "value",
      placeholder: "VERSION",
      description: "3.1, or 3.0 for tools that read no other; 3.1 by default.",
    },
    service: {
      kind: "values",
      placeholder: "NAME",
      description: "Only this service, by its full name, or those that `NAME*` begins. May be given several times.",
    },
    overlay: {
      kind: "values",
      placeholder: "FILE",
      description:
        "Changes to make in the document (OpenAPI Overlay), after those of the configuration. May be repeated.",
    },
    visibility: {
      kind: "values",
      placeholder: "LABEL",
      description:
        "A label of google.api.visibility that readers have, instead of those of the configuration. May be repeated.",
    },
    against: { kind: "value", placeholder: "FILE", description: "An older document, as JSON or YAML." },
  },
  examples: [
    { line: "portico openapi", does: "Prints the document of ./gateway.config.yaml as YAML." },
    { line: "portico openapi -o openapi.json", does: "Writes it as JSON." },
    {
      line: "portico openapi -o openapi.yaml --against openapi.yaml",
      does: "Renews a file, unless that would break clients.",
    },
    { line: "portico openapi --service 'shop.orders.v1.*'", does: "The document of one package." },
  ],
  exitCodes: { 0: "Printed or written.", ...commonExitCodes },
  async run(context) {
    const given = context.arguments;
    const format = formatOf(given);
    const version = versionOf(given);
    const { documentOf, docs, openapi } = await loadParts();
    const config = withAudience(await readConfig(context), given.values("visibility"));
    const [loaded, overlays] = await together(
      context.program.loadRoutes(config),
      docs.loadOverlays([...config.openapi.overlay, ...given.values("overlay")]),
    );
    const made = documentOf(config, onlyServices(loaded, given.values("service"), docs.isPartOf));
    const { document: overlaid, faults } = openapi.applyOverlays(made, overlays);
    if (faults.length > 0) throw new FaultsError(faults);
    const document = overlaid as OpenApiDocument;
    const against = given.value("against");
    if (against !== null) {
      const changes = openapi.findBreakingChanges(readDocument(against, openapi.parseOpenApi), document);
      if (changes.length > 0) return refuse(context, changes);
    }
    const written = version === "3.0" ? openapi.toOpenApi30(document) : document;
    return print(context, document, openapi.printOpenApi(written, format));
  },
};

/** Loaded when the command runs, so that the others need not wait. */
async function loadParts() {
  const [{ documentOf }, docs, openapi] = await Promise.all([
    import("../../document-of.js"),
    import("../../docs/index.js"),
    import("../../../openapi/index.js"),
  ]);
  return { documentOf, docs, openapi };
}

/** The configuration for readers who have other labels. */
function withAudience(config: GatewayConfig, labels: readonly string[]): GatewayConfig {
  return labels.length === 0 ? config : { ...config, openapi: { ...config.openapi, visibility: labels } };
}

function formatOf(given: Arguments): Format {
  const format = given.value("format") ?? (given.value("out")?.endsWith(".json") ? "json" : "yaml");
  if (format === "json" || format === "yaml") return format;
  throw new UsageError(`option --format takes json or yaml, got ${quoteValue(format)}`);
}

function versionOf(given: Arguments): "3.0" | "3.1" {
  const version = given.value("openapi-version") ?? "3.1";
  if (version === "3.0" || version === "3.1") return version;
  throw new UsageError(`option --openapi-version takes 3.1 or 3.0, got ${quoteValue(version)}`);
}

/** The routes of some services; all where none is named. */
function onlyServices(
  loaded: LoadedRoutes,
  names: readonly string[],
  matches: (service: string, name: string) => boolean,
): LoadedRoutes {
  if (names.length === 0) return loaded;
  const served = new Set(loaded.bindings.map(({ rpc }) => rpc.service.fullName));
  for (const name of names) {
    if ([...served].some((service) => matches(service, name))) continue;
    const near = nearest(name, served);
    const hint = near === null ? "" : `, did you mean ${near}?`;
    throw new UsageError(`option --service: nothing is served of ${quoteValue(name)}${hint}`);
  }
  const wanted = ({ rpc }: LoadedRoutes["bindings"][number]): boolean =>
    names.some((name) => matches(rpc.service.fullName, name));
  return { ...loaded, bindings: loaded.bindings.filter(wanted) };
}

function readDocument(file: string, parse: (text: string) => JsonObject): JsonObject {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    throw new FaultsError([
      { file, line: null, column: null, subject: null, message: `cannot read the document: ${reason}` },
    ]);
  }
}

function refuse({ io }: CommandContext, changes: readonly BreakingChange[]): number {
  for (const { operation, change } of changes) io.stderr(`${operation}: ${change}\n`);
  io.stderr(`${count(changes.length, "change")} would break clients\n`);
  return 1;
}

function print({ io, arguments: given }: CommandContext, document: OpenApiDocument, text: string): number {
  const out = given.value("out");
  if (out === null) {
    io.stdout(text);
    return 0;
  }
  try {
    writeFileSync(out, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FaultsError([
      { file: out, line: null, column: null, subject: null, message: `cannot write the document: ${reason}` },
    ]);
  }
  io.stdout(`wrote ${out}: ${count(Object.keys(document.paths).length, "path")}\n`);
  return 0;
}
