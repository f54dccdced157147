import type { RunningGateway } from "../../support/gateway.js";
import type { RawRequest } from "../../support/raw-http.js";
import { asObject, type Operation } from "./read-document.js";
import { requestsOf, sampleCalls } from "./sample-calls.js";

/** A request that a gateway refuses. */
export interface Refusal {
  readonly name: string;
  readonly status: number;
  readonly request: RawRequest;
  readonly gateway: RunningGateway;
}

/** Two gateways of one configuration; the upstream of one is not there. */
export interface Gateways {
  readonly gateway: RunningGateway;
  readonly away: RunningGateway;
}

/** Bytes of a body that the gateways take. */
export const LARGEST = 16_384;

/** Requests of an operation that a gateway refuses, made of the one that the services answer as they should. */
export function refusalsOf(operation: Operation, { gateway, away }: Gateways): readonly Refusal[] {
  const call = sampleCalls.find(({ id }) => id === operation.id);
  const [request] = call === undefined ? [] : requestsOf({ ...call, headers: {} }, operation);
  if (request === undefined) throw new Error(`no call is known of ${operation.id}`);
  const query = `${request.path.includes("?") ? "&" : "?"}nosuch=1`;
  const { body: _, ...bodyless } = request;
  const refusals: Refusal[] = [
    { name: "an unknown query parameter", status: 400, request: { ...request, path: request.path + query }, gateway },
    {
      name: "a malformed deadline",
      status: 400,
      request: { ...request, headers: { ...request.headers, "x-server-timeout": "soon" } },
      gateway,
    },
    { name: "an upstream that is away", status: 503, request, gateway: away },
  ];
  if (operation.id === "EchoService_Wait") {
    const late = { ...request, path: "/v1/echo:wait?time=60s", headers: { "x-server-timeout": "0.05" } };
    refusals.push({ name: "a deadline that passes", status: 504, request: late, gateway });
  }
  const content = asObject(asObject(operation.members["requestBody"])["content"]);
  if (!("application/json" in content)) return refusals;
  const withBody = (type: string, body: string): RawRequest => ({
    ...bodyless,
    headers: { ...request.headers, "content-type": type },
    body,
  });
  refusals.push({ name: "another content type", status: 415, request: withBody("text/csv", "a,b"), gateway });
  // A stream's messages are bound one by one, by another limit.
  if (!("application/x-ndjson" in content)) {
    const large = withBody("application/json", `{"${"a".repeat(LARGEST)}":1}`);
    refusals.push({ name: "a large body", status: 413, request: large, gateway });
  }
  return refusals;
}
