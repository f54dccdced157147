import { isIPv4, isIPv6 } from "node:net";
import { FaultsError, quoteValue } from "../core/index.js";

/** Where one socket goes. */
export type Address =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** What an upstream's target names: addresses as they are, or a name whose addresses DNS knows. */
export type Target =
  | { readonly kind: "fixed"; readonly addresses: readonly Address[] }
  | { readonly kind: "dns"; readonly host: string; readonly port: number };

/**
 * Reads a target in the forms of gRPC's naming.md: `host:port`, `dns:host:port`, `dns:///host:port`, `unix:path`,
 * `unix:///path`, `ipv4:a:1,b:2`, `ipv6:[::1]:1,[::2]:2`. A port is always needed. Throws a FaultsError that names the
 * upstream and quotes the target.
 */
export function parseTarget(name: string, text: string): Target {
  const refuse = (reason: string): never => {
    const message = `cannot read target ${quoteValue(text)}: ${reason}`;
    throw new FaultsError([{ file: null, line: null, column: null, subject: `upstreams.${name}.target`, message }]);
  };
  const colon = text.indexOf(":");
  const scheme = colon < 0 ? "" : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  switch (scheme) {
    case "unix": {
      const path = rest.startsWith("///") ? rest.slice(2) : rest;
      if (path === "" || path.startsWith("//")) return refuse("expected unix:/path");
      return { kind: "fixed", addresses: [{ kind: "unix", path }] };
    }
    case "ipv4":
    case "ipv6": {
      const isIp = scheme === "ipv4" ? isIPv4 : isIPv6;
      const addresses = rest.split(",").map((part): Address => {
        const at = splitPort(part);
        if (at === null || !isIp(at.host))
          return refuse(`expected ${scheme} addresses with ports, got ${quoteValue(part)}`);
        return { kind: "tcp", host: at.host, port: at.port };
      });
      return { kind: "fixed", addresses };
    }
    default: {
      let authority = scheme === "dns" ? rest : text;
      if (scheme === "dns" && authority.startsWith("//")) {
        if (!authority.startsWith("///"))
          return refuse("a DNS server of its own is not supported: use dns:///host:port");
        authority = authority.slice(3);
      }
      const at = splitPort(authority);
      if (at === null || at.host === "" || /[/?#@\s]/.test(at.host)) {
        return refuse("expected host:port, dns:///host:port, unix:/path, ipv4:… or ipv6:…");
      }
      if (isIPv4(at.host) || isIPv6(at.host)) {
        return { kind: "fixed", addresses: [{ kind: "tcp", host: at.host, port: at.port }] };
      }
      return { kind: "dns", host: at.host, port: at.port };
    }
  }
}

/** The value of :authority for a target when no TLS server name is configured. */
export function authorityOf(target: Target): string {
  const first = target.kind === "dns" ? target : target.addresses[0];
  if (first === undefined || first.kind === "unix") return "localhost";
  return first.host.includes(":") ? `[${first.host}]:${first.port}` : `${first.host}:${first.port}`;
}

/** `host:port`, or the path of a unix socket. */
export function printAddress(address: Address): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** `host:port` or `[v6]:port`; null without a port of 1 to 65535. */
function splitPort(text: string): { readonly host: string; readonly port: number } | null {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  if (match === null) return null;
  const port = Number(match[3]);
  if (port < 1 || port > 65_535) return null;
  return { host: match[1] ?? match[2] ?? "", port };
}
