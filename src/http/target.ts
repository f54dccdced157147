/** A request target taken apart, both parts as sent. */
export interface Target {
  readonly path: string;
  /** Without the `?`; "" for none. */
  readonly query: string;
}

/**
 * Splits a request target (RFC 9112, 3.2): origin form, or absolute form without its scheme and authority. A fragment,
 * which no client should send, is cut off. `prefix` is where the routes are mounted.
 */
export function splitTarget(target: string, prefix: string): Target {
  let start = 0;
  if (target.charCodeAt(0) !== 47) {
    const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(target);
    if (authority === null) return { path: target, query: "" };
    start = authority[0].length;
  }
  const hash = target.indexOf("#", start);
  const end = hash < 0 ? target.length : hash;
  const question = target.indexOf("?", start);
  const pathEnd = question < 0 || question > end ? end : question;
  const path = target.slice(start + prefix.length, pathEnd);
  return { path: path === "" ? "/" : path, query: pathEnd === end ? "" : target.slice(pathEnd + 1, end) };
}
