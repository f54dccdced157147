import { type Field, makeField } from "./field.js";

/** RFC 7541 appendix A, from index 1 on; a pair of name and value, the value left out where it is empty. */
const entries: readonly (readonly [string, string?])[] = [
  [":authority"],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset"],
  ["accept-encoding", "gzip, deflate"],
  ["accept-language"],
  ["accept-ranges"],
  ["accept"],
  ["access-control-allow-origin"],
  ["age"],
  ["allow"],
  ["authorization"],
  ["cache-control"],
  ["content-disposition"],
  ["content-encoding"],
  ["content-language"],
  ["content-length"],
  ["content-location"],
  ["content-range"],
  ["content-type"],
  ["cookie"],
  ["date"],
  ["etag"],
  ["expect"],
  ["expires"],
  ["from"],
  ["host"],
  ["if-match"],
  ["if-modified-since"],
  ["if-none-match"],
  ["if-range"],
  ["if-unmodified-since"],
  ["last-modified"],
  ["link"],
  ["location"],
  ["max-forwards"],
  ["proxy-authenticate"],
  ["proxy-authorization"],
  ["range"],
  ["referer"],
  ["refresh"],
  ["retry-after"],
  ["server"],
  ["set-cookie"],
  ["strict-transport-security"],
  ["transfer-encoding"],
  ["user-agent"],
  ["vary"],
  ["via"],
  ["www-authenticate"],
];

/** The static table; index 1 of HPACK is index 0 here. */
export const staticTable: readonly Field[] = entries.map(([name, value = ""]) => makeField(name, value));

const names = new Map<string, number>();
const exact = new Map<string, number>();
staticTable.forEach(({ name, value }, i) => {
  if (!names.has(name)) names.set(name, i + 1);
  exact.set(`${name}\0${value}`, i + 1);
});

/** The HPACK index of a name in the static table, or 0. */
export function staticNameIndex(name: string): number {
  return names.get(name) ?? 0;
}

/** The HPACK index of a whole field in the static table, or 0. */
export function staticFieldIndex(name: string, value: string): number {
  return exact.get(`${name}\0${value}`) ?? 0;
}
