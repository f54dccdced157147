/**
 * admin: the operators' port, apart from the public one.
 *
 *   GET /livez   200 while the process runs
 *   GET /readyz  200, or 503 with reasons: starting, draining, or (by configuration) an upstream that fails,
 *                says that it does not serve, or has not told its schema
 *
 * It has no access control of its own: bind it to an address that only operators and their tools reach.
 */
export { type AdminPages, type AdminReply, type AdminServer, healthPages, startAdminServer } from "./admin-server.js";
export { readiness } from "./readiness.js";
