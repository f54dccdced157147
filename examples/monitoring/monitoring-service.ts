import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { bothWays, clientStream, serverStream, unary } from "../server/handlers.js";
import { notFound, refuse } from "../server/status-error.js";
import { toTimestamp, type WireDuration, type WireTimestamp } from "../server/time.js";
import { readWait, wait } from "../server/wait.js";

const LONGEST_INTERVAL = 10_000;
const ENDLESS_INTERVAL = 1000;
const MOST_SAMPLES = 1000;

interface Sample {
  readonly name: string;
  readonly value: number;
  readonly time: WireTimestamp;
  readonly sequence: string;
}

interface WatchMetricsRequest {
  readonly names: readonly string[];
  readonly count: number;
  readonly interval: WireDuration | null;
}

interface Statistics {
  count: string;
  minimum: number;
  maximum: number;
  mean: number;
}

/** The value of each metric at the n-th reading, from 1. Eighths: doubles hold them exactly, JSON prints them short. */
const curves: Readonly<Record<string, (n: number) => number>> = {
  "metrics/cpu": (n) => ((n * 3) % 8) / 8,
  "metrics/memory": (n) => 0.5 + (n % 4) / 8,
  "metrics/requests": (n) => n * 10,
};

/** portico.examples.v1.MonitoringService. */
export function monitoringService(now: () => Date): UntypedServiceImplementation {
  const sample = (name: string, n: number): Sample => {
    const curve = Object.hasOwn(curves, name) ? curves[name] : undefined;
    if (curve === undefined) throw notFound("portico.examples.v1.Metric", name);
    return { name, value: curve(n), time: toTimestamp(now()), sequence: String(n) };
  };
  return {
    GetMetric: unary((request: { name: string }) => sample(request.name, 1)),

    WatchMetrics: serverStream(async function* (request: WatchMetricsRequest, context) {
      const names = request.names.length === 0 ? Object.keys(curves) : request.names;
      const asked = readWait("interval", request.interval, LONGEST_INTERVAL);
      // Endless and at once would only heat the room.
      const interval = request.count === 0 && request.interval === null ? ENDLESS_INTERVAL : asked;
      for (let n = 1; ; n++) {
        const name = names[(n - 1) % names.length] ?? "";
        yield { ...sample(name, Math.ceil(n / names.length)), sequence: String(n) };
        if (n === request.count) return;
        await wait(interval, context.signal);
      }
    }),

    ReportSamples: clientStream(async (samples: AsyncIterable<Sample>) => {
      const metrics = new Map<string, Statistics>();
      for await (const { name, value } of samples) metrics.set(name, add(metrics.get(name), value));
      return { metrics: Object.fromEntries(metrics) };
    }),

    Monitor: bothWays(async function* (requests: AsyncIterable<{ name: string; count: number }>) {
      const readings = new Map<string, number>();
      let sequence = 0;
      for await (const { name, count } of requests) {
        if (count < 0 || count > MOST_SAMPLES) {
          refuse([{ field: "count", description: `must be between 0 and ${MOST_SAMPLES}` }]);
        }
        for (let i = 0; i < Math.max(1, count); i++) {
          const n = (readings.get(name) ?? 0) + 1;
          readings.set(name, n);
          sequence += 1;
          yield { ...sample(name, n), sequence: String(sequence) };
        }
      }
    }),
  };
}

function add(before: Statistics | undefined, value: number): Statistics {
  if (before === undefined) return { count: "1", minimum: value, maximum: value, mean: value };
  const count = Number(before.count) + 1;
  return {
    count: String(count),
    minimum: Math.min(before.minimum, value),
    maximum: Math.max(before.maximum, value),
    mean: before.mean + (value - before.mean) / count,
  };
}
