import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { type Connection, openConnection } from "./connection.js";
import type { Reply } from "./reply-reader.js";

/** What is asked for, over and over. */
export interface Load {
  readonly port: number;
  /** The bytes of a whole request. */
  readonly request: Buffer;
  readonly connections: number;
  /** Bytes that every reply has; anything else ends the run. */
  readonly length: number;
}

/** What a run of a load has shown. */
export interface Outcome {
  readonly seconds: number;
  readonly requests: number;
  /** Nanoseconds. */
  readonly latency: RecordableHistogram;
}

/** An outcome at a fixed rate, with how late the generator itself sent, in nanoseconds. */
export interface PacedOutcome extends Outcome {
  readonly lateness: RecordableHistogram;
}

const NANOSECONDS = 1e6;
const record = (histogram: RecordableHistogram, milliseconds: number): void =>
  histogram.record(Math.max(1, Math.round(milliseconds * NANOSECONDS)));

/** A closed loop: every connection sends its next request when it has its reply, until so many have been sent. */
export async function runClosedLoop(load: Load, amount: number): Promise<Outcome> {
  const latency = createHistogram({ figures: 3 });
  const since = new Map<Connection, number>();
  let sent = 0;
  let begun = 0;
  await withConnections(load, (connections, finished) => {
    const next = (connection: Connection): void => {
      sent++;
      since.set(connection, performance.now());
      connection.send(load.request);
    };
    begun = performance.now();
    for (const connection of connections.slice(0, amount)) next(connection);
    let received = 0;
    return (connection) => {
      record(latency, performance.now() - (since.get(connection) ?? 0));
      received++;
      if (sent < amount) next(connection);
      else if (received === amount) finished();
    };
  });
  return { seconds: (performance.now() - begun) / 1_000, requests: amount, latency };
}

/**
 * An open loop: requests are due at a fixed rate, whether or not there are replies to those before. Latency counts from
 * when a request was due, so that one which had to wait for a connection says so (no coordinated omission).
 *
 * Timers of the event loop have a resolution of 1 ms: at 20,000 requests a second that is bursts of 20. "exact" turns the loop
 * without sleeping instead, which takes a core of its own; "bursts" is for long runs.
 */
export async function runOpenLoop(
  load: Load,
  rate: number,
  seconds: number,
  pace: "exact" | "bursts",
): Promise<PacedOutcome> {
  const latency = createHistogram({ figures: 3 });
  const lateness = createHistogram({ figures: 3 });
  const due = new Map<Connection, number>();
  const amount = Math.max(1, Math.round(rate * seconds));
  const gap = 1_000 / rate;
  let begun = 0;
  await withConnections(load, (connections, finished) => {
    const idle = [...connections];
    let sent = 0;
    let received = 0;
    begun = performance.now() + gap;
    const sendDue = (): void => {
      let now = performance.now();
      while (sent < amount && begun + sent * gap <= now) {
        const connection = idle.shift();
        if (connection === undefined) return;
        const at = begun + sent * gap;
        due.set(connection, at);
        sent++;
        connection.send(load.request);
        record(lateness, now - at);
        now = performance.now();
      }
    };
    const turn = (): void => {
      sendDue();
      if (sent === amount) return;
      if (pace === "exact") setImmediate(turn);
      else setTimeout(turn, 1);
    };
    turn();
    return (connection) => {
      record(latency, performance.now() - (due.get(connection) ?? 0));
      received++;
      idle.push(connection);
      sendDue();
      if (received === amount) finished();
    };
  });
  return { seconds: (performance.now() - begun) / 1_000, requests: amount, latency, lateness };
}

/** Opens the connections, runs until `finished` is called, and closes them. */
async function withConnections(
  { port, connections: count, length }: Load,
  run: (connections: readonly Connection[], finished: () => void) => (connection: Connection) => void,
): Promise<void> {
  let replied: (connection: Connection) => void = () => undefined;
  const connections: Connection[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const done = (connection: Connection, reply: Reply): void => {
        if (reply.status === 200 && reply.length === length) replied(connection);
        else
          reject(new Error(`port ${port} answered ${reply.status} with ${reply.length} bytes, not 200 with ${length}`));
      };
      const open = Array.from({ length: count }, () => openConnection(port, done, reject));
      Promise.all(open).then((all) => {
        connections.push(...all);
        replied = run(connections, resolve);
      }, reject);
    });
  } finally {
    for (const connection of connections) connection.close();
  }
}
