/**
 * reflection: schemas that upstreams tell of themselves, once for a command, or followed while a gateway serves.
 *
 *   askOnce          all of `schema.reflection`, or a FaultsError: for check, routes, explain, openapi
 *   SchemaFollower   when an upstream is asked: at the start, on a new connection, on the interval, after a failure
 *     ── Reflection ──> SchemaBoard   what of it is served: unchanged (nothing), good (Serving.replace), faulty (refused)
 *
 * How an upstream is asked is the schema room's business, and how a table is replaced that of Serving.
 */
export { askOnce } from "./ask-once.js";
export { followReflections } from "./follow-reflections.js";
