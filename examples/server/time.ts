/** google.protobuf.Timestamp as proto-loader has it. */
export interface WireTimestamp {
  readonly seconds: string;
  readonly nanos: number;
}

/** google.protobuf.Duration as proto-loader has it. */
export interface WireDuration {
  readonly seconds: string;
  readonly nanos: number;
}

/** Rounded down to milliseconds. */
export function toTimestamp(date: Date): WireTimestamp {
  const milliseconds = date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: String(seconds), nanos: (milliseconds - seconds * 1000) * 1_000_000 };
}

/** Negative, zero or positive as `a` is before, at or after `b`. */
export function compareTimestamps(a: WireTimestamp, b: WireTimestamp): number {
  const seconds = BigInt(a.seconds) - BigInt(b.seconds);
  return seconds === 0n ? a.nanos - b.nanos : seconds < 0n ? -1 : 1;
}

/** In milliseconds. */
export function fromDuration(duration: WireDuration): number {
  return Number(duration.seconds) * 1000 + duration.nanos / 1_000_000;
}

/** From milliseconds. */
export function toDuration(milliseconds: number): WireDuration {
  const seconds = Math.trunc(milliseconds / 1000);
  return { seconds: String(seconds), nanos: Math.round((milliseconds - seconds * 1000) * 1_000_000) };
}
