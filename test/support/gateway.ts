import { type ConfigInput, createGateway, type Gateway, resolveConfig } from "../../src/app/index.js";
import { type Speaks, serverTls } from "./http2-client.js";
import { projectRoot } from "./project-root.js";

/** A gateway that listens on a free port of 127.0.0.1. */
export interface RunningGateway {
  readonly host: string;
  readonly port: number;
  /** What test clients speak to it. */
  readonly speaks: Speaks;
  /** The internal failures (5xx of the gateway's own making) so far: text of error and cause. */
  readonly failures: readonly string[];
  /** What the admin port would serve beside its own pages. */
  readonly adminListener: Gateway["adminListener"];
  /** Lets requests in flight go on for this long, 0 ms by default. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts the real gateway from a configuration; paths in it are relative to the project. The one place where tests know
 * how a gateway is made.
 * @throws FaultsError with all that is wrong
 */
export async function startGateway(config: ConfigInput, speaks: Speaks = "http/1.1"): Promise<RunningGateway> {
  const failures: string[] = [];
  const tls = speaks === "h2" ? { tls: serverTls } : {};
  const server = { ...tls, ...config.server, host: "127.0.0.1", port: 0 };
  const complete = resolveConfig({ ...config, server }, projectRoot);
  const gateway = await createGateway(complete, {
    access: null,
    failure: (_requestId, error) => failures.push(`${error.message} (${String(error.cause)})`),
  });
  const url = new URL(await gateway.listen());
  return {
    host: url.hostname,
    port: Number(url.port),
    speaks,
    failures,
    adminListener: gateway.adminListener,
    close: (graceMs = 0) => gateway.close(graceMs),
  };
}
