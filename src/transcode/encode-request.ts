import { type Codec, createWriter, type TextToField, type WireWriter } from "../codec/index.js";
import { GatewayError } from "../core/index.js";
import type { Binding } from "../rules/index.js";
import type { FieldType } from "../schema/index.js";
import { coalesce, mergeTreeOf } from "./coalesce.js";
import { refuseCollision, variableBytes } from "./collisions.js";
import type { FormEncoder } from "./form/compile-form.js";
import type { FormPart } from "./form/types.js";
import { compileQuery } from "./query/compile-query.js";
import { type BodyPlan, checkContentEncoding, checkContentType, planBody } from "./request-body.js";
import type { Headers, IncomingRequest, RequestEncoder, RequestOptions } from "./types.js";
import { lengthDelimited } from "./wire.js";

/**
 * Where every message is put together: one for all plans, as a message is made in one go and copied out. Ten thousand
 * plans then hold one buffer of 16 KiB and not one each (160 MiB).
 */
const out = createWriter();

/**
 * Compiles the request message of a binding. The bytes of body, query and path are appended in that order, so that the
 * path has the last word ("Last One Wins"); messages that several of them reach into are then joined into one. No object
 * stands in between.
 */
export function compileRequest(
  binding: Binding,
  codec: Codec,
  options: RequestOptions,
  form: FormEncoder | null,
): RequestEncoder {
  const body = planBody(binding, codec, options);
  const mask = body.kind === "masked" ? body.mask : null;
  const readQuery = compileQuery(binding, codec, options, mask);
  const variables = binding.variables.map((variable) => codec.textToField(variable.path));
  const refuseCollisions = options.collisions === "reject" ? collisionCheck(binding, variables) : null;

  const variablePaths = binding.variables.map((variable) => variable.path).filter((path) => path.length > 1);
  const variableTree = mergeTreeOf(variablePaths);

  /** Appends query and path to what the body gave; `inner` are paths into messages that a form has set. */
  const finish = (
    request: IncomingRequest,
    paths: readonly string[] | null,
    inner: readonly (readonly FieldType[])[],
  ): Uint8Array => {
    const hasBody = out.length > 0;
    const query = readQuery(request.rawQuery, out);
    if (mask !== null && paths !== null && !query.watched) out.raw(lengthDelimited(mask.number, fieldMask(paths)));
    for (let i = 0; i < variables.length; i++) variables[i]?.(request.captures[i] ?? "", out);

    const reachingIn = variablePaths.length + query.nested.length + inner.length;
    if (reachingIn === 0 || (reachingIn === 1 && !hasBody)) return Buffer.from(out.view());
    const tree =
      query.nested.length + inner.length === 0
        ? variableTree
        : mergeTreeOf([...variablePaths, ...query.nested, ...inner]);
    return Buffer.from(coalesce(out.view(), tree));
  };

  const fromForm = (parts: readonly FormPart[], first: IncomingRequest | null): Uint8Array => {
    if (form === null) throw new GatewayError("GW_INTERNAL", "a form came to a rule that takes none");
    const inner = form.append(parts, out);
    if (first !== null) return finish(first, null, inner);
    return Buffer.from(inner.length === 0 ? out.view() : coalesce(out.view(), mergeTreeOf(inner)));
  };

  return {
    message(request) {
      out.reset();
      if (request.form !== null) return fromForm(request.form, request);
      const paths = appendBody(request, body, options, out);
      if (refuseCollisions !== null && request.body !== null) refuseCollisions(request, out.view());
      return finish(request, paths, NO_PATHS);
    },
    element(part, first, contentType) {
      out.reset();
      if (body.kind === "raw") out.raw(body.encode(contentType, part));
      else if (body.kind === "masked") out.raw(body.encode(part).bytes);
      else if (body.kind === "json") out.raw(body.encode(part));
      return first === null ? Buffer.from(out.view()) : finish(first, null, NO_PATHS);
    },
    form(parts, first) {
      out.reset();
      return fromForm(parts, first);
    },
  };
}

const NO_PATHS: readonly (readonly FieldType[])[] = [];

/**
 * Appends what the body gives and answers the paths of a FieldMask inferred from it; null where nothing is to be inferred
 * because there is no body. One that is empty, but has a content type, is a body without members.
 */
function appendBody(
  request: IncomingRequest,
  plan: BodyPlan,
  options: RequestOptions,
  out: WireWriter,
): readonly string[] | null {
  const { body, headers } = request;
  if (plan.kind === "raw") {
    if (body !== null) checkContentEncoding(headers);
    out.raw(plan.encode(contentTypeOf(headers), body));
    return null;
  }
  if (body === null) return plan.kind === "masked" && contentTypeOf(headers) !== null ? [] : null;
  if (plan.kind === "none") return refuseBody(options);

  checkContentEncoding(headers);
  checkContentType(headers, body, options.contentTypes);
  if (plan.kind === "json") {
    out.raw(plan.encode(body));
    return null;
  }
  const { bytes, paths } = plan.encode(body);
  out.raw(bytes);
  return paths;
}

function refuseBody(options: RequestOptions): null {
  if (options.unexpectedBody === "ignore") return null;
  throw new GatewayError("GW_BODY_UNEXPECTED", "cannot take a body: the rule of this method and path has none");
}

function contentTypeOf(headers: Headers): string | null {
  const value = headers["content-type"];
  return value === undefined ? null : String(value);
}

const PATHS = 1;

/** The bytes of a google.protobuf.FieldMask. */
function fieldMask(paths: readonly string[]): Uint8Array {
  return Buffer.concat(paths.map((path) => lengthDelimited(PATHS, Buffer.from(path))));
}

/** Built only where the option asks for it. */
function collisionCheck(
  binding: Binding,
  variables: readonly TextToField[],
): (request: IncomingRequest, body: Uint8Array) => void {
  const scratch = createWriter();
  return (request, body) => {
    for (const [i, variable] of binding.variables.entries()) {
      const write = variables[i];
      if (write === undefined) continue;
      refuseCollision(body, variable, variableBytes(write, request.captures[i] ?? "", scratch));
    }
  };
}
