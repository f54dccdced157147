import { refuse } from "./status-error.js";

/** What a List method is asked for. */
export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

/** A page, and the token of the one after it; empty on the last page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 1000;

/**
 * Cuts a page out of a sorted list. The token is opaque: base64url of the place and of `query`, all the other fields of
 * the request, which must stay the same from page to page (https://google.aip.dev/158).
 * @throws StatusError INVALID_ARGUMENT for a negative size or a token that does not belong to this query
 */
export function cutPage<T>(items: readonly T[], request: PageRequest, query: string): Page<T> {
  if (request.pageSize < 0) refuse([{ field: "page_size", description: "must not be negative" }]);
  const size = Math.min(request.pageSize === 0 ? DEFAULT_SIZE : request.pageSize, LARGEST_SIZE);
  const start = request.pageToken === "" ? 0 : readToken(request.pageToken, query);
  const end = start + size;
  return {
    items: items.slice(start, end),
    nextPageToken: end < items.length ? writeToken(end, query) : "",
  };
}

function writeToken(start: number, query: string): string {
  return Buffer.from(JSON.stringify([start, query])).toString("base64url");
}

function readToken(token: string, query: string): number {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parsed) && Number.isSafeInteger(parsed[0]) && parsed[0] > 0 && parsed[1] === query) {
      return parsed[0] as number;
    }
  } catch {
    // No JSON, so no token of ours: refused below as every other wrong one.
  }
  refuse([{ field: "page_token", description: "is not a token that this list gave" }]);
  return 0;
}
