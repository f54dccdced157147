import { beforeAll } from "vitest";
import type { ConfigInput } from "../../../src/app/index.js";
import { buildDescriptors, googleProtos } from "../../support/build-descriptors.js";
import { type RunningGateway, startGateway } from "../../support/gateway.js";
import type { Speaks } from "../../support/http2-client.js";
import { Oracle } from "../../support/oracle.js";
import { type LiveOptions, type LiveRequest, openRequest } from "./live-request.js";
import { type LiveUpstream, startLiveUpstream } from "./live-upstream.js";

export const transports = ["http2", "grpc-js"] as const;
export type Transport = (typeof transports)[number];

/** Both ends of the gateway: what its clients speak to it, and the transport to the upstream. */
export const ends: readonly { readonly speaks: Speaks; readonly transport: Transport }[] = [
  { speaks: "http/1.1", transport: "http2" },
  { speaks: "http/1.1", transport: "grpc-js" },
  { speaks: "h2c", transport: "http2" },
  { speaks: "h2", transport: "http2" },
];

/** The gateway before a live upstream, both over sockets. */
export interface StreamStage {
  readonly gateway: RunningGateway;
  readonly upstream: LiveUpstream;
  open(path: string, options?: LiveOptions): LiveRequest;
}

/** What the tests of a file stand on: the services of gocases.proto. */
export function useStreams(transport: Transport, config: ConfigInput = {}, speaks: Speaks = "http/1.1"): StreamStage {
  let stage: StreamStage | null = null;
  beforeAll(async () => {
    const upstream = await startLiveUpstream(gocases());
    const gateway = await startGateway(streamConfig(upstream.address, transport, config), speaks);
    stage = { gateway, upstream, open: (path, options) => openRequest(gateway, path, options) };
    return async () => {
      await gateway.close();
      upstream.close();
    };
  });
  const ready = (): StreamStage => {
    if (stage === null) throw new Error("the gateway is only there while tests run");
    return stage;
  };
  return {
    get gateway() {
      return ready().gateway;
    },
    get upstream() {
      return ready().upstream;
    },
    open: (path, options) => ready().open(path, options),
  };
}

/** The configuration of a gateway before one upstream that has the services of gocases.proto. */
export function streamConfig(target: string, transport: Transport, config: ConfigInput = {}): ConfigInput {
  return {
    schema: { protos: { roots: ["test/cases"], files: ["test/cases/gocases.proto"] } },
    openapi: { enabled: false },
    admin: { enabled: false },
    log: { level: "silent" },
    ...config,
    upstreams: { live: { ...config.upstreams?.["live"], target, transport } },
  };
}

let oracle: Oracle | null = null;

/** The messages of gocases.proto by another implementation. */
export function gocases(): Oracle {
  oracle ??= new Oracle(
    buildDescriptors([
      { root: "test/cases", paths: ["gocases.proto"] },
      googleProtos("google/rpc/error_details.proto", "google/rpc/status.proto"),
    ]),
  );
  return oracle;
}
