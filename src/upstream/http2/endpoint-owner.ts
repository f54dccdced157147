import type { SocketTls } from "../tls-source.js";
import type { UpstreamEvent, UpstreamOutliers } from "../types.js";
import type { ConnectionOptions } from "./connection-owner.js";
import type { Endpoint } from "./endpoint.js";

/** What an endpoint tells its upstream. */
export interface EndpointOwner {
  /** How to speak to the address now: the TLS files may have changed. */
  tls(): SocketTls | null;
  readonly connectionOptions: ConnectionOptions;
  /** Null: no address is left out for its failures. */
  readonly outliers: UpstreamOutliers | null;
  /** Whether one more address may be left out. */
  mayEject(): boolean;
  changed(endpoint: Endpoint): void;
  onEvent(event: UpstreamEvent): void;
  /** A connection may have room for a call that waits. */
  room(): void;
  socketOpened(): void;
  socketGone(): void;
}
