import { type ConfigInput, createGateway, resolveConfig } from "../../src/app/index.js";
import { projectRoot } from "./project-root.js";

/** A gateway that listens on a free port of 127.0.0.1. */
export interface RunningGateway {
  readonly host: string;
  readonly port: number;
  /** The internal failures (5xx of the gateway's own making) so far: text of error and cause. */
  readonly failures: readonly string[];
  /** Lets requests in flight go on for this long, 0 ms by default. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts the real gateway from a configuration; paths in it are relative to the project. The one place where tests know
 * how a gateway is made.
 * @throws FaultsError with all that is wrong
 */
export async function startGateway(config: ConfigInput): Promise<RunningGateway> {
  const failures: string[] = [];
  const complete = resolveConfig({ ...config, server: { ...config.server, host: "127.0.0.1", port: 0 } }, projectRoot);
  const gateway = await createGateway(complete, {
    access: null,
    failure: (_requestId, error) => failures.push(`${error.message} (${String(error.cause)})`),
  });
  const url = new URL(await gateway.listen());
  return { host: url.hostname, port: Number(url.port), failures, close: (graceMs = 0) => gateway.close(graceMs) };
}
