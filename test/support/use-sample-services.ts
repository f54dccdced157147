import { afterAll, beforeAll } from "vitest";
import { startSampleServices } from "../../examples/index.js";
import { buildDescriptors, googleProtos } from "./build-descriptors.js";
import { GrpcClient } from "./grpc-client.js";
import { Oracle } from "./oracle.js";

/** The clock of sample services in tests stands still here. */
export const sampleTime = "2024-06-01T12:00:00Z";

/** Sample services and a client for them, for the tests of a file. Ready when the first test runs. */
export interface SampleServicesInUse {
  readonly client: GrpcClient;
  readonly oracle: Oracle;
  readonly address: string;
}

export function useSampleServices(): SampleServicesInUse {
  let inUse: SampleServicesInUse | null = null;
  beforeAll(async () => {
    const services = await startSampleServices({ now: () => new Date(sampleTime) });
    const oracle = new Oracle(
      buildDescriptors([
        { root: "proto", paths: ["portico"] },
        googleProtos("google/rpc/error_details.proto", "google/rpc/status.proto"),
      ]),
    );
    const client = new GrpcClient(services.address, oracle);
    inUse = { client, oracle, address: services.address };
    return async () => {
      client.close();
      await services.close();
    };
  });
  afterAll(() => {
    inUse = null;
  });
  const ready = (): SampleServicesInUse => {
    if (inUse === null) throw new Error("the sample services are only there while tests run");
    return inUse;
  };
  return {
    get client() {
      return ready().client;
    },
    get oracle() {
      return ready().oracle;
    },
    get address() {
      return ready().address;
    },
  };
}
