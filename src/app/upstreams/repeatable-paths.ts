import type { LoadedRoutes } from "../routes/index.js";

/** RFC 9110, 9.2.2. A rule for PATCH or POST, of a custom kind or for any method says nothing of the kind. */
const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]);

/**
 * The paths ("/pkg.Service/Method") of the methods that may be called again after a failure that does not tell whether the
 * first call had its effect: those whose `idempotency_level` says so (descriptor.proto), and those whose HTTP rules, all of
 * them, have methods that promise it to clients.
 */
export function repeatablePaths({ bindings, schema }: LoadedRoutes): ReadonlySet<string> {
  // A WebSocket is a GET that says nothing of what the client sends over it.
  const paths = new Set(bindings.filter(({ rpc }) => !rpc.clientStreaming).map(({ rpc }) => rpc.path));
  for (const { rpc, httpMethod } of bindings) if (!idempotent.has(httpMethod)) paths.delete(rpc.path);
  for (const { methods } of schema.services.values()) {
    for (const method of methods) {
      const level = method.options["idempotency_level"];
      if (level === "NO_SIDE_EFFECTS" || level === "IDEMPOTENT") paths.add(method.path);
    }
  }
  return paths;
}
