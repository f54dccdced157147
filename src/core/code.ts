/** gRPC status codes, as google/rpc/code.proto numbers them. A const object: types stay erasable. */
export const Code = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;
export type Code = (typeof Code)[keyof typeof Code];

/** The HTTP status of each code, as the comments of google/rpc/code.proto give it. Total by type. */
const httpStatuses: Readonly<Record<Code, number>> = {
  0: 200,
  1: 499,
  2: 500,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  13: 500,
  14: 503,
  15: 500,
  16: 401,
};

/** The name of each code, by number. */
export const codeNames: readonly string[] = Object.keys(Code);

/** Whether a number that an upstream sent is one of the seventeen codes. */
export function isCode(value: number): value is Code {
  return Number.isInteger(value) && value >= 0 && value <= 16;
}

/** The HTTP status for a code that an upstream sent; a number that gRPC does not define is 500. */
export function httpStatusOf(code: number): number {
  return isCode(code) ? httpStatuses[code] : 500;
}
