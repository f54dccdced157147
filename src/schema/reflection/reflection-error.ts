/**
 * Why an upstream's schema is not there.
 *
 * unreachable: no connection, or a lost one;
 * absent: it has no server reflection;
 * late: it did not answer in time;
 * refused: it answered with an error;
 * broken: its answers make no sense, or are more than allowed;
 * cancelled: nobody wants it any more.
 */
export type ReflectionFailure = "unreachable" | "absent" | "late" | "refused" | "broken" | "cancelled";

/** An upstream cannot be asked for its schema. The message completes "upstream shop: …"; it may name addresses. */
export class ReflectionError extends Error {
  override readonly name = "ReflectionError";
  readonly kind: ReflectionFailure;

  constructor(kind: ReflectionFailure, message: string) {
    super(message);
    this.kind = kind;
  }
}
