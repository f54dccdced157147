import { Metadata, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { type CallContext, unary } from "../server/handlers.js";
import type { LoadedService } from "../server/load-protos.js";
import { type Detail, StatusError } from "../server/status-error.js";
import { toDuration, type WireDuration } from "../server/time.js";
import { readWait, wait } from "../server/wait.js";

const LONGEST_WAIT = 60_000;

interface FailRequest {
  readonly code: string | number;
  readonly message: string;
  readonly retryDelay: WireDuration | null;
  readonly fields: readonly string[];
  readonly reason: string;
}

/** portico.examples.v1.EchoService. */
export function echoService(): UntypedServiceImplementation {
  return {
    Echo: unary((bytes: Buffer) => bytes),

    DescribeCall: unary((_request: object, context) => {
      const header = new Metadata();
      header.set("x-served-by", "portico-samples");
      context.sendHeader(header);
      const trailer = new Metadata();
      trailer.set("x-cost", "1");
      context.setTrailer(trailer);
      return { metadata: listMetadata(context), timeLeft: timeLeft(context) };
    }),

    Fail: unary((request: FailRequest) => {
      const code = codeOf(request.code);
      if (code !== status.OK) throw new StatusError(code, request.message, detailsOf(request));
      return {};
    }),

    Wait: unary(async (request: { time: WireDuration | null }, context) => {
      await wait(readWait("time", request.time, LONGEST_WAIT), context.signal);
      return {};
    }),
  };
}

/**
 * The service with an Echo that takes and gives bytes instead of objects: what comes back is what was sent, byte for
 * byte. Objects would change it: protobufjs 7.6.6 (in proto-loader 0.8.1) loses the key `false` of a map and
 * turns 64-bit keys into strings of eight bytes.
 */
export function withEchoedBytes(service: LoadedService): LoadedService {
  const echo = service["Echo"];
  if (echo === undefined) throw new Error("cannot find method Echo in the protos");
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    ...service,
    Echo: { ...echo, requestDeserialize: same, responseSerialize: same },
  };
}

function listMetadata(context: CallContext): { key: string; text?: string; binary?: Buffer }[] {
  return Object.keys(context.metadata.getMap())
    .sort()
    .flatMap((key) =>
      context.metadata
        .get(key)
        .map((value) => (typeof value === "string" ? { key, text: value } : { key, binary: value })),
    );
}

function timeLeft(context: CallContext): WireDuration | null {
  const deadline = Number(context.deadline);
  return deadline === Number.POSITIVE_INFINITY ? null : toDuration(Math.max(0, deadline - Date.now()));
}

/** A number that google.rpc.Code does not have arrives as that number, and is sent as it is. */
function codeOf(code: string | number): status {
  return typeof code === "number" ? code : (status[code as keyof typeof status] ?? status.UNKNOWN);
}

function detailsOf(request: FailRequest): Detail[] {
  const details: Detail[] = [];
  if (request.retryDelay !== null) {
    details.push({ type: "google.rpc.RetryInfo", value: { retryDelay: request.retryDelay } });
  }
  if (request.fields.length > 0) {
    const fieldViolations = request.fields.map((field) => ({ field, description: "asked for" }));
    details.push({ type: "google.rpc.BadRequest", value: { fieldViolations } });
  }
  if (request.reason !== "") {
    details.push({ type: "google.rpc.ErrorInfo", value: { reason: request.reason, domain: "examples.portico.dev" } });
  }
  return details;
}
