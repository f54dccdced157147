/**
 * The value of grpc-retry-pushback-ms (gRPC's A6): milliseconds; what is no number that can be waited for means never, as a
 * negative one does.
 */
export function parsePushback(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : -1;
}
