import { finishInTurns, madeOf } from "../../core/index.js";
import type { DocsOptions, UpstreamHealth } from "../../http/index.js";
import type { Overlay } from "../../openapi/index.js";
import type { GatewayConfig } from "../config/index.js";
import type { Serving } from "../serving.js";
import type { UpstreamLog } from "../upstreams/index.js";
import { createDocuments } from "./create-documents.js";

/** What the documents need beside the configuration. */
export interface DocsContext {
  readonly serving: Serving;
  readonly overlays: readonly Overlay[];
  /** Where the paths of the document begin, "" for the root. */
  readonly prefix: string;
  /** The names of upstreams that say that they do not serve. */
  readonly notServing: () => readonly string[];
  readonly warn: UpstreamLog["warn"] | undefined;
}

/** The documents of what is served, as they are served; null where all of it is off. */
export function docsOptions(config: GatewayConfig, context: DocsContext): DocsOptions | null {
  const { enabled, path, ui, home } = config.openapi;
  if (!enabled || (path === null && ui === null && home === null)) return null;
  const { serving, overlays, prefix, warn } = context;
  const documents = madeOf(
    () => serving.current,
    async ({ loaded }) => {
      const now = createDocuments(config, loaded, overlays, prefix);
      await finishInTurns(now.prepare());
      // What is served may become something that an action does not fit. It was told at start of what was served then.
      for (const { file, message } of overlays.length === 0 ? [] : now.faults()) warn?.(message, { overlay: file });
      return now;
    },
  );
  return { documents, path, ui, home, healthOf: (service) => healthOf(service, context) };
}

function healthOf(service: string, { serving, notServing }: DocsContext): UpstreamHealth | null {
  const { schema, upstreamOf } = serving.current.loaded;
  const type = schema.services.get(service);
  const name = type === undefined ? undefined : upstreamOf.get(type);
  const upstream = name === undefined ? undefined : serving.upstreams.get(name);
  if (name === undefined || upstream === undefined) return null;
  return { name, state: notServing().includes(name) ? "not serving" : upstream.state() };
}
