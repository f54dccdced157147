import type { FastifyPluginAsync } from "fastify";
import fastifyPlugin from "fastify-plugin";
import { type AccessEntry, type HttpLog, mountDocs, mountGateway } from "../http/index.js";
import { type ConfigInput, type Environment, loadConfig, resolveConfig } from "./config/index.js";
import { homePage, mountOptions, prepare } from "./create-gateway.js";
import { docsOptions } from "./docs/index.js";
import type { UpstreamLog } from "./upstreams/index.js";

/** What `app.register(portico, …)` takes. */
export interface PorticoOptions {
  /** The path of a gateway.config.yaml, or the same as an object, whose paths are relative to the working directory. */
  readonly config: string | ConfigInput;
  /** The environment for `${NAME}` in the file; process.env by default. */
  readonly environment?: Environment;
  /** Called at the end of every response. None by default: the app has its own log. */
  readonly onResponse?: (entry: AccessEntry) => void;
}

const plugin: FastifyPluginAsync<PorticoOptions> = async (app, options) => {
  const environment = options.environment ?? process.env;
  const config =
    typeof options.config === "string"
      ? loadConfig(options.config, environment)
      : resolveConfig(options.config, process.cwd());
  const info: UpstreamLog["info"] = (message, fields) => app.log.info(fields ?? {}, message);
  const warn: UpstreamLog["warn"] = (message, fields) => app.log.warn(fields ?? {}, message);
  const { serving, overlays } = await prepare(config, { info, warn });
  let draining = false;
  const log: HttpLog = {
    access: options.onResponse ?? null,
    failure: (requestId, error) => app.log.error({ requestId, err: error.cause ?? error }, error.message),
  };
  const { prefix } = app;
  const context = { serving, overlays, prefix, notServing: () => [], warn };
  const docs = config.openapi.port === "public" ? docsOptions(config, context) : null;
  if (docs !== null) await mountDocs(app, docs);
  mountGateway(app, {
    ...mountOptions(config, serving, log, "next", () => draining),
    // At the root of an app that is someone's own there is no page of ours.
    page: prefix === "" ? null : homePage(docs, prefix),
  });
  app.addHook("onReady", () => serving.start());
  app.addHook("preClose", async () => {
    draining = true;
  });
  app.addHook("onClose", () => serving.close(Date.now() + config.server.shutdownGrace));
};

/**
 * The gateway as a Fastify plugin: `app.register(portico, { config: "gateway.config.yaml", prefix: "/api" })`. It serves
 * the rules under the prefix; every other path stays the app's. Keys of the configuration that are about a server of its
 * own (`server.host`, `admin`, `log`, …) have no effect here. The registration fails with a FaultsError that has all that
 * is wrong. Closing the app closes the upstreams.
 */
export const portico: FastifyPluginAsync<PorticoOptions> = fastifyPlugin(plugin, {
  name: "portico",
  fastify: "5.x",
  // Parsers and routes of the gateway stay within it; the app around it keeps its own.
  encapsulate: true,
});
