import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import { clip, type GatewayError } from "../../core/index.js";
import type { AccessEntry, HttpLog } from "../../http/index.js";
import type { GatewayConfig } from "../config/index.js";
import { causeText } from "./cause-text.js";

/** Where lines go; each ends in a line feed. */
export interface LogDestination extends DestinationStream {
  /** Writes what is buffered, behind what is being written, and calls back. */
  flush?(done: (error?: Error | null) => void): void;
}

/** The log of a gateway: JSON lines of `{level, time, …, msg}`. */
export interface Log extends HttpLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A fault of the program or its surroundings, with its cause and stack. */
  error(message: string, cause?: unknown): void;
  /** As error, before the process ends for it. */
  fatal(message: string, cause: unknown): void;
  /** Call before the process ends. */
  flush(): Promise<void>;
}

/**
 * Buffers lines for at most 100 ms: a write for every line costs more than the line (one system call each), and a
 * request's line must not wait long for whoever follows the log.
 */
export function standardOutput(): LogDestination {
  return pino.destination({ dest: 1, sync: false, minLength: 8192, periodicFlush: 100 });
}

/**
 * The same for one of several processes that write to one pipe. No write is longer than PIPE_BUF, up to which a pipe keeps
 * the lines of several writers apart (POSIX, write); pino's destination cuts between lines.
 */
export function sharedOutput(): LogDestination {
  return pino.destination({ dest: 1, sync: false, minLength: 2048, maxWrite: 4096, periodicFlush: 100 });
}

/**
 * Makes the log that `config.log` describes. `access` is null where it is off, so that nothing is done for it. `base` is in
 * every line.
 */
export function createLog(
  config: GatewayConfig["log"],
  destination: LogDestination,
  base: Readonly<Record<string, unknown>> | null = null,
): Log {
  const logger = pino(
    {
      level: config.level,
      base,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    access: config.access && logger.isLevelEnabled("info") ? (entry) => logAccess(logger, entry) : null,
    failure: (requestId, error) => logFailure(logger, requestId, error),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, cause) => logger.error(causeFields(cause), message),
    fatal: (message, cause) => logger.fatal(causeFields(cause), message),
    // Not flushSync: it would overtake a write that is under way.
    flush: () =>
      new Promise((resolve) => {
        if (destination.flush === undefined) resolve();
        else destination.flush(() => resolve());
      }),
  };
}

function logAccess(logger: Logger, entry: AccessEntry): void {
  logger.info(
    {
      requestId: entry.requestId,
      method: entry.method,
      path: entry.path,
      route: entry.pattern,
      rpc: entry.rpc,
      status: entry.status,
      grpcCode: entry.grpcCode,
      ms: Math.round(entry.milliseconds * 1000) / 1000,
      bytes: entry.bytes,
      client: entry.client,
      error: entry.error,
    },
    `${entry.method} ${clip(entry.path)} ${entry.status}`,
  );
}

/** A fault of the gateway itself is an error with its stack; what an upstream or the network did is a warning. */
function logFailure(logger: Logger, requestId: string, error: GatewayError): void {
  const fields = { requestId, error: error.id, cause: causeText(error.cause) };
  if (error.id !== "GW_INTERNAL") logger.warn(fields, error.message);
  else logger.error({ ...fields, stack: stackOf(error.cause ?? error) }, error.message);
}

function causeFields(cause: unknown): Readonly<Record<string, unknown>> {
  return cause === undefined ? {} : { cause: causeText(cause), stack: stackOf(cause) };
}

function stackOf(cause: unknown): string | null {
  return cause instanceof Error ? (cause.stack ?? null) : null;
}
