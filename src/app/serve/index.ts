/**
 * serve: the manners of a process around a gateway.
 *
 *   start admin ── listen ── wait for a signal ── drain ── exit code
 *
 * It knows a gateway by three functions (gateway.ts) and the process by its events; it never calls process.exit.
 */
export type { ProcessEvent, ProcessEvents } from "./process-events.js";
export { watchProcess } from "./process-events.js";
export { runServer, type ServerIo } from "./run-server.js";
