import type { GatewayConfig } from "./config/index.js";
import type { ExplainRequest, Explanation } from "./explanation.js";
import type { Gateway } from "./gateway.js";
import type { Log } from "./log/index.js";
import type { LoadedRoutes } from "./routes/index.js";

/** The sample services of examples/, running. */
export interface SampleServices {
  /** host:port. */
  readonly address: string;
  close(): Promise<void>;
}

/** What the commands are about; the CLI itself knows no room but app. Tests put their own in its place. */
export interface Program {
  readonly version: string;
  /** The folder of the installed package: sample protos and their configuration lie there. */
  readonly root: string;
  /** Asks the upstreams of `schema.reflection`, and connects to no other. @throws FaultsError */
  loadRoutes(config: GatewayConfig): Promise<LoadedRoutes>;
  /** @throws FaultsError */
  createGateway(config: GatewayConfig, log: Log): Promise<Gateway>;
  /** What would become of a request; no call is made. @throws FaultsError */
  explain(config: GatewayConfig, request: ExplainRequest): Promise<Explanation>;
  startSampleServices(options: { readonly host: string; readonly port: number }): Promise<SampleServices>;
}
