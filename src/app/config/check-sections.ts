import { nearest, quoteValue } from "../../core/index.js";
import { checkOwnMetadata } from "./check-own-metadata.js";
import type { ConfigSections, UpstreamConfig } from "./config-schema.js";
import type { KeyPath } from "./key-path.js";
import type { Source } from "./source.js";

/** Notes the faults that lie between keys, each of them fine by itself. A check whose keys are broken is left out. */
export function checkSections(config: ConfigSections, source: Source): void {
  checkServer(config, source);
  checkReflection(config, source);
  checkUpstreams(config, source);
  checkHeaders(config, source);
  checkStreams(config, source);
  checkOpenApi(config, source);
}

function checkOpenApi({ openapi, admin }: ConfigSections, source: Source): void {
  if (!openapi.enabled) return;
  const keys = ["path", "ui", "home"] as const;
  for (const [i, key] of keys.entries()) {
    const other = keys.slice(0, i).find((one) => openapi[one] === openapi[key]);
    if (openapi[key] === null || other === undefined || !sound(source, ["openapi", key], ["openapi", other])) continue;
    const at = source.isGiven(["openapi", key]) ? key : other;
    const than = at === key ? other : key;
    source.refuseValue(
      ["openapi", at],
      `expected another path than openapi.${than}, got ${quoteValue(openapi[key])} for both`,
    );
  }
  if (openapi.port === "admin" && !admin.enabled && sound(source, ["openapi", "port"], ["admin", "enabled"])) {
    source.refuseValue(["openapi", "port"], "expected public, since admin.enabled is false, got admin");
  }
}

function checkServer({ server, admin }: ConfigSections, source: Source): void {
  if (server.socket !== null) {
    for (const key of ["host", "port"] as const) {
      if (!source.isGiven(["server", key]) || !sound(source, ["server", "socket"])) continue;
      source.refuseKey(["server", key], `a gateway with server.socket has no ${key}: leave one of the two away`);
    }
    return;
  }
  const sameHost = server.host === admin.host || isAnyHost(server.host) || isAnyHost(admin.host);
  const samePort = server.port === admin.port && server.port !== 0;
  const paths = ["host", "port"].flatMap((key) => [
    ["server", key],
    ["admin", key],
  ]);
  if (admin.enabled && sameHost && samePort && sound(source, ...paths)) {
    source.refuseValue(["admin", "port"], `expected another port than server.port, got ${admin.port} for both`);
  }
}

function checkStreams({ streams }: ConfigSections, source: Source): void {
  if (streams.chunk === 0 && sound(source, ["streams", "chunk"])) {
    source.refuseValue(["streams", "chunk"], "expected at least 1 byte, got 0");
  }
  if (
    Number.isFinite(streams.deadline) &&
    streams.deadline > streams.maxDeadline &&
    sound(source, ["streams", "deadline"], ["streams", "maxDeadline"])
  ) {
    source.refuseValue(
      ["streams", "deadline"],
      `expected at most maxDeadline, which is ${streams.maxDeadline}ms, got ${streams.deadline}ms`,
    );
  }
}

function isAnyHost(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function checkReflection({ schema, upstreams }: ConfigSections, source: Source): void {
  if (source.isBroken(["upstreams"])) return;
  const names = Object.keys(upstreams);
  for (const [index, name] of schema.reflection.entries()) {
    const path = ["schema", "reflection", index];
    if (!Object.hasOwn(upstreams, name)) {
      const near = nearest(name, names);
      const hint = near === null ? "" : `, did you mean ${quoteValue(near)}?`;
      source.refuseValue(path, `expected the name of one of the upstreams, got ${quoteValue(name)}${hint}`);
    } else if (schema.reflection.indexOf(name) < index) {
      source.refuseValue(path, `upstream ${name} stands here already`);
    }
  }
}

function checkUpstreams({ upstreams }: ConfigSections, source: Source): void {
  const owners = new Map<string, KeyPath>();
  for (const [name, upstream] of Object.entries(upstreams)) {
    const at = ["upstreams", name];
    if (source.isBroken(at)) continue;
    for (const [index, pattern] of upstream.services.entries()) {
      const path = [...at, "services", index];
      if (source.isBroken(path)) continue;
      const owner = owners.get(pattern);
      if (owner === undefined) owners.set(pattern, path);
      else source.refuseValue(path, `services ${quoteValue(pattern)} are claimed by upstream ${owner[1]} already`);
    }
    if (
      Number.isFinite(upstream.deadline) &&
      upstream.deadline > upstream.maxDeadline &&
      sound(source, [...at, "deadline"], [...at, "maxDeadline"])
    ) {
      source.refuseValue(
        [...at, "deadline"],
        `expected at most maxDeadline, which is ${upstream.maxDeadline}ms, got ${upstream.deadline}ms`,
      );
    }
    checkPair(upstream.tls, [...at, "tls"], source);
    checkPolicies(upstream, at, source);
    checkOwnMetadata(upstream.ownMetadata, [...at, "ownMetadata"], source);
  }
}

function checkPolicies({ retry, outliers, transport }: UpstreamConfig, at: KeyPath, source: Source): void {
  if (
    retry !== null &&
    retry.backoff > retry.maxBackoff &&
    sound(source, [...at, "retry", "backoff"], [...at, "retry", "maxBackoff"])
  ) {
    source.refuseValue(
      [...at, "retry", "backoff"],
      `expected at most maxBackoff, which is ${retry.maxBackoff}ms, got ${retry.backoff}ms`,
    );
  }
  if (outliers !== null && transport === "grpc-js" && sound(source, [...at, "transport"], [...at, "outliers"])) {
    source.refuseKey([...at, "outliers"], "transport grpc-js leaves no address out: use http2, or leave outliers away");
  }
}

/** A client certificate is of no use without its key, nor the other way round. */
function checkPair(tls: ConfigSections["upstreams"][string]["tls"], at: KeyPath, source: Source): void {
  if (tls === null || (tls.cert === null) === (tls.key === null)) return;
  const [have, lack] = tls.cert === null ? ["key", "cert"] : ["cert", "key"];
  if (sound(source, [...at, "cert"], [...at, "key"])) {
    source.refuseKey([...at, have ?? ""], `${have} is of no use without ${lack}: give both or none`);
  }
}

/** RFC 9110 7.6.1; the last three frame the message itself. */
const hopByHop: ReadonlySet<string> = new Set([
  ..."connection proxy-connection keep-alive te trailer transfer-encoding upgrade".split(" "),
  ..."proxy-authenticate proxy-authorization".split(" "),
  ..."content-length content-encoding host".split(" "),
]);

function checkHeaders({ headers }: ConfigSections, source: Source): void {
  for (const key of ["toMetadata", "fromMetadata"] as const) {
    for (const [index, name] of headers[key].entries()) {
      if (!hopByHop.has(name)) continue;
      const reason = "it belongs to one connection or message and is never passed on";
      source.refuseValue(["headers", key, index], `cannot pass on header ${quoteValue(name)}: ${reason}`);
    }
  }
}

function sound(source: Source, ...paths: readonly KeyPath[]): boolean {
  return paths.every((path) => !source.isBroken(path));
}
