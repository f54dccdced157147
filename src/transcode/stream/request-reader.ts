import { GatewayError } from "../../core/index.js";
import { checkContentEncoding, checkStreamType } from "../request-body.js";
import type { CallPlan, IncomingRequest } from "../types.js";
import { createJsonSplitter } from "./split-json.js";

/** Reads the body of a client stream as it arrives and gives the bytes of its messages. */
export interface RequestReader {
  /** @throws GatewayError */
  chunk(bytes: Uint8Array, send: (message: Uint8Array) => void): void;
  /** @throws GatewayError */
  end(send: (message: Uint8Array) => void): void;
}

/**
 * Makes the reader that a plan's body needs. Path and query go into the first message.
 * @throws GatewayError GW_CONTENT_TYPE
 */
export function createRequestReader(
  plan: CallPlan,
  request: IncomingRequest,
  limits: { readonly maxMessageBytes: number; readonly chunkBytes: number },
): RequestReader {
  checkContentEncoding(request.headers);
  return plan.body === "raw"
    ? rawReader(plan, request, limits.chunkBytes)
    : jsonReader(plan, request, limits.maxMessageBytes);
}

/** Each chunk is a message, or several if it is longer than `chunkBytes`; the first has the content type. */
function rawReader(plan: CallPlan, request: IncomingRequest, chunkBytes: number): RequestReader {
  const contentType = request.headers["content-type"];
  let first = true;
  const element = (bytes: Uint8Array): Uint8Array => {
    if (!first) return plan.encodeRequest.element(bytes, null, null);
    first = false;
    return plan.encodeRequest.element(bytes, request, contentType === undefined ? null : String(contentType));
  };
  return {
    chunk(bytes, send) {
      for (let at = 0; at < bytes.length; at += chunkBytes) send(element(bytes.subarray(at, at + chunkBytes)));
    },
    end(send) {
      // An empty upload is still one message: its path and query must arrive.
      if (first) send(element(new Uint8Array(0)));
    },
  };
}

/** Each chunk is a whole message. */
export function createMessageReader(plan: CallPlan, request: IncomingRequest): RequestReader {
  let first: IncomingRequest | null = request;
  let count = 0;
  return {
    chunk(bytes, send) {
      count++;
      const message = elementOf(plan, bytes, first, count);
      first = null;
      send(message);
    },
    end: () => undefined,
  };
}

function elementOf(plan: CallPlan, bytes: Uint8Array, first: IncomingRequest | null, count: number): Uint8Array {
  try {
    return plan.encodeRequest.element(bytes, first, null);
  } catch (reason) {
    throw inMessage(count, GatewayError.from(reason));
  }
}

function jsonReader(plan: CallPlan, request: IncomingRequest, maxMessageBytes: number): RequestReader {
  let first: IncomingRequest | null = request;
  let count = 0;
  let send: ((message: Uint8Array) => void) | null = null;
  const splitter = createJsonSplitter(checkStreamType(request.headers), maxMessageBytes, (text) => {
    if (send === null) throw new GatewayError("GW_INTERNAL", "a message came outside of a chunk");
    count++;
    const message = elementOf(plan, text, first, count);
    first = null;
    send(message);
  });
  return {
    chunk(bytes, to) {
      send = to;
      splitter.push(bytes);
    },
    end(to) {
      send = to;
      splitter.end();
    },
  };
}

/** A refusal that says which of the messages it is about, counted from 1. */
function inMessage(count: number, error: GatewayError): GatewayError {
  const { id, message, violation, headers, cause } = error;
  return new GatewayError(id, `in message ${count}: ${message}`, {
    cause,
    ...(violation === null ? {} : { violation }),
    ...(headers === null ? {} : { headers }),
  });
}
