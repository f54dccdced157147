import { randomBytes } from "node:crypto";

/** A request id of a client is taken only in this form: safe in headers and logs, and no longer than any scheme needs. */
const ACCEPTED = /^[A-Za-z0-9._:/+=@-]{1,128}$/;

/**
 * Makes request ids: eight random characters a process, then a counter. Unique without the cost of random bytes a
 * request.
 */
export function createRequestIds(options: {
  readonly header: string;
  readonly accept: boolean;
}): (headers: Readonly<Record<string, string | string[] | undefined>>) => string {
  const prefix = `${randomBytes(6).toString("base64url")}-`;
  const { header, accept } = options;
  let count = 0;
  return (headers) => {
    if (accept) {
      const given = headers[header];
      if (typeof given === "string" && ACCEPTED.test(given)) return given;
    }
    count++;
    return prefix + count.toString(36);
  };
}
