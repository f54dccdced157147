import { headerValue, type RawReply, type RawRequest } from "../../support/raw-http.js";
import type { Validator } from "./make-validator.js";
import { asObject, type Operation, pointer } from "./read-document.js";

/** What the document of an operation does not say of a reply, and refusals by the gateway of what it allows; empty for none. */
export function faultsOf(
  operation: Operation,
  request: RawRequest,
  reply: RawReply,
  validate: Validator,
): readonly string[] {
  const refused = /"reason": ?"GW_[A-Z_]+"/.test(reply.body.toString());
  const faults = bodyFaults(operation, request, reply, validate);
  return refused ? [`${operation.id}: the gateway refused ${tell(request, reply)}`, ...faults] : faults;
}

function tell(request: RawRequest, reply: RawReply): string {
  return `${request.method} ${request.path} ${request.body ?? ""} → ${reply.status} ${reply.body.toString()}`;
}

/** What the document of an operation does not say of a reply, whatever was asked. */
export function bodyFaults(
  operation: Operation,
  request: RawRequest,
  reply: RawReply,
  validate: Validator,
): readonly string[] {
  const text = reply.body.toString();
  const told = tell(request, reply);
  const faults: string[] = [];
  const responses = asObject(operation.members["responses"]);
  const status = String(reply.status) in responses ? String(reply.status) : "default";
  const shared = String(asObject(responses[status])["$ref"] ?? "").replace("#", "");
  const at = shared === "" ? operation.pointer + pointer("responses", status) : shared;
  const type = (headerValue(reply.headers, "content-type") ?? "").split(";")[0] ?? "";
  const content = asObject(asObject(responses[status])["content"]);
  if (request.method === "HEAD") return text === "" ? faults : [...faults, `${operation.id}: content in ${told}`];
  if ("*/*" in content) return faults;
  for (const value of valuesOf(type, text)) {
    const fault = validate(at + pointer("content", type, "schema"), value);
    if (fault !== null) faults.push(`${operation.id}: ${fault} in ${told}`);
  }
  return faults;
}

/** The values that the schema of a media type is about. */
function valuesOf(type: string, text: string): readonly unknown[] {
  switch (type) {
    case "application/x-ndjson":
      return text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
    case "text/event-stream":
      return text.split("\n\n").flatMap((event) => (event.startsWith("data: ") ? [JSON.parse(event.slice(6))] : []));
    default:
      return [JSON.parse(text)];
  }
}
