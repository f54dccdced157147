import { projectRoot } from "../../support/project-root.js";
import { headerValue, type RawReply } from "../../support/raw-http.js";

/** What tells of the inside of a gateway: addresses, stacks, files, libraries, errors of the system. */
const internal: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["an address", /\b127\.0\.0\.1\b|\[::1\]|\blocalhost\b|\b(?:dns|ipv4|ipv6|unix):/],
  ["a stack", /\bat \S+ \(|\n\s+at |\bnode:[a-z]/],
  ["a file", /\.[cm]?[jt]s\b|node_modules|file:\/\//],
  ["a library", /\b(?:fastify|grpc-js|@grpc|protobufjs|llhttp|undici|find-my-way|FST_\w+|HPE_\w+)\b/i],
  ["an error of the system", /\b(?:ECONN\w*|EPIPE|ENOENT|ETIMEDOUT|EAI_\w+|ERR_[A-Z_]+)\b/],
  ["an error of JavaScript", /\b(?:TypeError|RangeError|ReferenceError|SyntaxError|undefined|\[object )/],
];

/**
 * What a reply tells of the gateway's inside, as sentences; none if all is well. Only errors are looked at: what an upstream
 * answers may be anything.
 * @param addresses of upstreams, as host:port
 */
export function leaksOf(reply: RawReply, addresses: readonly string[]): readonly string[] {
  if (reply.status < 400) return [];
  const headers = reply.headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  const text = `${headers}\n${reply.body.toString("utf8")}`;
  const found = internal.flatMap(([what, pattern]) => {
    const match = pattern.exec(text);
    return match === null ? [] : [`${what}: ${match[0]}`];
  });
  for (const secret of [projectRoot, ...addresses, ...addresses.map((address) => address.replace(/^.*:/, ":"))]) {
    if (text.includes(secret)) found.push(`an address or path: ${secret}`);
  }
  return found;
}

const formats = ["status", "google", "problem"] as const;
export type Format = (typeof formats)[number];

/**
 * What is wrong with the shape of an error reply, as sentences; none if all is well. Every error, whoever makes it, is JSON
 * of one of the three formats, complete, with a request id.
 */
export function shapeFaultsOf(reply: RawReply, format: Format, requestIdHeader = "x-request-id"): readonly string[] {
  if (reply.status < 400) return [];
  const faults: string[] = [];
  const type = headerValue(reply.headers, "content-type");
  if (type !== (format === "problem" ? "application/problem+json" : "application/json"))
    faults.push(`content type ${type}`);
  if (headerValue(reply.headers, requestIdHeader) === null) faults.push("no request id");
  if (
    headerValue(reply.headers, "content-length") === null &&
    headerValue(reply.headers, "transfer-encoding") === null
  ) {
    faults.push("no length");
  }
  // A reply to HEAD has no body to look at.
  if (reply.body.length === 0) return faults;
  try {
    faults.push(...bodyFaults(JSON.parse(reply.body.toString("utf8")), reply.status, format));
  } catch {
    faults.push(`no JSON: ${reply.body.toString("latin1")}`);
  }
  return faults;
}

function bodyFaults(body: unknown, status: number, format: Format): string[] {
  if (!isObject(body)) return ["no JSON object"];
  switch (format) {
    case "status":
      return [...membersFaults(body, ["code", "message", "details"]), ...typeFaults(body, "code", "number")];
    case "google": {
      const error = body["error"];
      if (!isObject(error)) return ["no member error"];
      const faults = [
        ...membersFaults(body, ["error"]),
        ...membersFaults(error, ["code", "message", "status", "details"]),
      ];
      if (error["code"] !== status) faults.push(`error.code is ${String(error["code"])}`);
      return [...faults, ...typeFaults(error, "message", "string"), ...typeFaults(error, "status", "string")];
    }
    case "problem": {
      const faults = membersFaults(body, ["type", "title", "status", "detail", "code", "details"]);
      if (body["status"] !== status) faults.push(`status is ${String(body["status"])}`);
      return [...faults, ...typeFaults(body, "type", "string"), ...typeFaults(body, "title", "string")];
    }
  }
}

function membersFaults(object: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  return Object.keys(object)
    .filter((name) => !known.includes(name))
    .map((name) => `a member ${name}`);
}

function typeFaults(object: Readonly<Record<string, unknown>>, name: string, type: "number" | "string"): string[] {
  return typeof object[name] === type ? [] : [`${name} is no ${type}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
