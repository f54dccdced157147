/** Whether an If-None-Match names a tag, compared weakly, or any (RFC 9110, 13.1.2). */
export function matchesTag(ifNoneMatch: string, tag: string): boolean {
  const known = ifNoneMatch.trim();
  if (known === "*") return true;
  return known.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}
