/**
 * log: JSON lines on standard output, by pino.
 *
 *   end of a response ── access entry ── one line at info
 *   failure of the gateway or an upstream ── cause under the request id
 *
 * What clients are never told (causes, stacks, addresses) stands here and nowhere else. Queries, headers and bodies are
 * never logged.
 */
export { createLog, type Log, type LogDestination, sharedOutput, standardOutput } from "./create-log.js";
