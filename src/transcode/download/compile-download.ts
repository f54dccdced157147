import { GatewayError, metadataValue, quoteValue } from "../../core/index.js";
import type { IncomingRequest, OutgoingReply } from "../types.js";
import { matchesTag, weakTag } from "./entity-tag.js";
import { parseRange } from "./parse-range.js";

/** What is done for replies that are an HttpBody's bytes. */
export interface DownloadOptions {
  /** Whether Range is answered with a part. */
  readonly ranges: boolean;
  /** Whether a reply without an entity tag of the upstream's gets one over its bytes. */
  readonly etag: boolean;
}

/**
 * Makes of a whole reply of bytes what the request's conditions and ranges ask for.
 * @throws GatewayError GW_RANGE_UNSATISFIABLE
 */
export type Download = (request: IncomingRequest, reply: OutgoingReply) => OutgoingReply;

const EMPTY = new Uint8Array(0);

/**
 * Compiles If-None-Match (RFC 9110, 13.1.2) and Range (14.2) for successful replies to GET and HEAD, in the order of 13.2.2.
 * If-Range never holds for the weak tags of the gateway (13.1.5), so such a request gets the whole. Null: nothing is on.
 */
export function compileDownload({ ranges, etag }: DownloadOptions): Download | null {
  if (!ranges && !etag) return null;
  return (request, reply) => {
    const { httpMethod, headers: fields } = request;
    if (httpMethod !== "GET" && httpMethod !== "HEAD") return reply;
    const { body } = reply;
    const headers = [...reply.headers];
    const given = metadataValue(headers, "etag");
    const tag = given ?? (etag ? weakTag(body) : null);
    if (tag !== null && given === null) headers.push("etag", tag);

    const condition = fields["if-none-match"];
    if (tag !== null && condition !== undefined && matchesTag(String(condition), tag)) {
      return { ...reply, status: 304, headers: without(headers, "content-type"), body: EMPTY };
    }
    if (!ranges) return { ...reply, headers };
    headers.push("accept-ranges", "bytes");
    const range = fields["range"];
    if (range === undefined || httpMethod !== "GET" || !holds(fields["if-range"], tag)) return { ...reply, headers };
    const wanted = parseRange(String(range), body.length);
    switch (wanted.kind) {
      case "all":
        return { ...reply, headers };
      case "unsatisfiable":
        throw new GatewayError(
          "GW_RANGE_UNSATISFIABLE",
          `cannot send the range ${quoteValue(String(range))}: there are ${body.length} bytes`,
          { headers: { "content-range": `bytes */${body.length}` } },
        );
      case "part": {
        const { start, end } = wanted;
        headers.push("content-range", `bytes ${start}-${end}/${body.length}`);
        return { ...reply, status: 206, headers, body: body.subarray(start, end + 1) };
      }
    }
  };
}

/** Whether If-Range lets a range be answered: by the same strong tag alone; a date is not kept here. */
function holds(ifRange: string | readonly string[] | undefined, tag: string | null): boolean {
  return ifRange === undefined || (tag !== null && !tag.startsWith("W/") && String(ifRange) === tag);
}

function without(headers: readonly string[], name: string): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] !== name) kept.push(headers[i] ?? "", headers[i + 1] ?? "");
  }
  return kept;
}
