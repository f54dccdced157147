const FIRST = 100;
const FACTOR = 1.6;
const MOST = 800;
const JITTER = 0.2;

/**
 * Milliseconds before the next attempt after so many failures in a row (gRPC's connection-backoff.md, with a shorter
 * ceiling: an upstream of a gateway is to be found within a second of its return, and it is few connections).
 */
export function backoff(failures: number): number {
  const base = Math.min(MOST, FIRST * FACTOR ** (failures - 1));
  return base * (1 - JITTER + 2 * JITTER * Math.random());
}
