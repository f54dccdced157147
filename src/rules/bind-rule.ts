import { type Fault, quoteValue } from "../core/index.js";
import type { FieldType, MessageType, MethodType } from "../schema/index.js";
import { bindVariables, fieldNamed, overlapReason } from "./bind-variables.js";
import { faultAt, type HttpRule } from "./read-http-rule.js";
import type { SourceText } from "./source-node.js";
import type { Binding, BodyRule, BoundVariable, Origin } from "./types.js";

/** Binds one rule to a method; null, and faults, where it does not fit. */
export function bindRule(method: MethodType, rule: HttpRule, kind: Origin["kind"], faults: Fault[]): Binding | null {
  const found: Fault[] = [];
  const variables = bindVariables(method, rule, found);
  const body = bindBody(method, rule, variables, found);
  const responseBody = bindResponseBody(method, rule, found);
  checkStreaming(method, rule, body, found);
  faults.push(...found);
  if (found.length > 0) return null;
  return {
    rpc: method,
    index: rule.index,
    httpMethod: rule.httpMethod,
    pattern: rule.pattern.text,
    template: rule.template,
    variables,
    body,
    responseBody,
    origin: { kind, place: rule.pattern.place },
  };
}

function bindBody(method: MethodType, rule: HttpRule, variables: readonly BoundVariable[], faults: Fault[]): BodyRule {
  if (rule.body === null) return { kind: "none" };
  if (rule.body.text === "*") return { kind: "whole" };
  const field = topLevelField(method.input, rule.body.text);
  if (typeof field === "string") {
    faults.push(bindFault(method, rule, "body", rule.body, field));
    return { kind: "none" };
  }
  // A variable may lead into the body field (`/v1/{user.name}` with body "user"); it may not be or exclude that field.
  for (const variable of variables) {
    const reason =
      variable.path.length > 1 && variable.path[0] === field ? null : overlapReason(variable.path, [field]);
    if (reason === null) continue;
    faults.push(bindFault(method, rule, "body", rule.body, `path variable ${variable.fieldPath} ${reason}`));
  }
  return { kind: "field", field };
}

function bindResponseBody(method: MethodType, rule: HttpRule, faults: Fault[]): FieldType | null {
  if (rule.responseBody === null) return null;
  const { text } = rule.responseBody;
  const field =
    text === "*" ? '"*" is no field; without response_body it is the whole reply' : topLevelField(method.output, text);
  if (typeof field !== "string") return field;
  faults.push(bindFault(method, rule, "response_body", rule.responseBody, field));
  return null;
}

/** http.proto: "the referred field must be present at the top-level of the request message type". */
function topLevelField(message: MessageType, name: string): FieldType | string {
  return name.includes(".") ? `it takes a top-level field of ${message.fullName}` : fieldNamed(message, name);
}

/**
 * The messages of a client stream come in the HTTP body. A rule without a body can carry none, but for GET, the method of
 * the WebSocket handshake (RFC 6455 section 4.1).
 */
function checkStreaming(method: MethodType, rule: HttpRule, body: BodyRule, faults: Fault[]): void {
  if (!method.clientStreaming || body.kind !== "none" || rule.body !== null) return;
  if (rule.httpMethod === "GET" || rule.httpMethod === "*") return;
  const message =
    `cannot bind ${rule.httpMethod} ${quoteValue(rule.pattern.text)}: the method takes a stream of messages, ` +
    'and the rule has no body to carry them; set body: "*" or a field, or use get for WebSocket alone';
  faults.push(faultAt(rule.pattern.place, method.fullName, message));
}

function bindFault(method: MethodType, rule: HttpRule, key: string, source: SourceText, reason: string): Fault {
  const where = `${rule.httpMethod} ${quoteValue(rule.pattern.text)}`;
  return faultAt(source.place, method.fullName, `cannot bind ${key} ${quoteValue(source.text)} of ${where}: ${reason}`);
}
