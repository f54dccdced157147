import type { Binding } from "../../rules/index.js";
import { type JsonObject, object } from "../types.js";
import { isRawReply } from "./success-response.js";

/** What the gateway does for replies that are bytes. */
export interface DownloadForm {
  readonly ranges: boolean;
  readonly etag: boolean;
}

/** What a download has beside other operations. */
export interface DownloadMembers {
  readonly parameters: readonly JsonObject[];
  readonly responses: JsonObject;
}

const NONE: DownloadMembers = { parameters: [], responses: {} };

/** Conditions and ranges of a unary GET whose reply is an HttpBody (RFC 9110, 13.1.2 and 14.2). */
export function downloadMembers(binding: Binding, { ranges, etag }: DownloadForm): DownloadMembers {
  const isDownload = binding.httpMethod === "GET" && isRawReply(binding) && !binding.rpc.serverStreaming;
  if (!isDownload || (!ranges && !etag)) return NONE;
  const parameters = [header("If-None-Match", "An entity tag: 304 where the bytes still have it.")];
  if (ranges) parameters.unshift(header("Range", "A part of the bytes, such as `bytes=0-99`."));
  return {
    parameters,
    responses: object({
      "206": ranges
        ? {
            description: "The part that Range asks for",
            content: { "*/*": { schema: { type: "string", format: "binary" } } },
          }
        : undefined,
      "304": { description: "The bytes have the tag of If-None-Match" },
      "416": ranges ? { $ref: "#/components/responses/RangeNotSatisfiable" } : undefined,
    }),
  };
}

function header(name: string, description: string): JsonObject {
  return { name, in: "header", description, schema: { type: "string" } };
}
