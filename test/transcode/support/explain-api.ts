import { createCodec } from "../../../src/codec/index.js";
import { type Binding, printBinding } from "../../../src/rules/index.js";
import type { FieldType, Schema } from "../../../src/schema/index.js";
import {
  compilePlan,
  compileToMetadata,
  type IncomingRequest,
  type UpstreamRoute,
} from "../../../src/transcode/index.js";

const readMetadata = compileToMetadata(
  { toMetadata: [], fromMetadata: [], cookies: false, forwarded: true, trailers: true },
  "x-request-id",
);

/** No call is made when a request is explained. */
const route: UpstreamRoute = {
  name: "nowhere",
  upstream: {
    call: () => {
      throw new Error("a call was made");
    },
    stream: () => {
      throw new Error("a stream was opened");
    },
    state: () => "idle",
    connect: () => undefined,
    close: async () => undefined,
  },
  deadline: { default: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY },
};

/**
 * Compiles every binding of an API as the gateway does and takes each through a request with values that fit its
 * variables, to the message that the request becomes and the JSON of an empty reply. Answers what went wrong.
 */
export function explainBindings(schema: Schema, bindings: readonly Binding[]): string[] {
  const codec = createCodec(schema, { unknownAny: "base64" });
  return bindings.flatMap((binding) => {
    try {
      const plan = compilePlan(
        binding,
        route,
        codec,
        {
          unknownQuery: "reject",
          ignoredQuery: [],
          unexpectedBody: "reject",
          contentTypes: "lenient",
          inferFieldMask: true,
          forms: { enabled: true },
          collisions: "path",
        },
        readMetadata,
      );
      const captures = binding.variables.map(({ path }) => exampleText(path[path.length - 1]));
      const message = plan.encodeRequest.message(requestWith(binding, captures));
      JSON.parse(codec.decoder(binding.rpc.input)(message).toString());
      if (!plan.rawReply) JSON.parse(Buffer.from(plan.decodeReply(new Uint8Array(0)).bytes).toString());
      return [];
    } catch (error) {
      return [`${printBinding(binding)}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}

function requestWith(binding: Binding, captures: readonly string[]): IncomingRequest {
  return {
    httpMethod: binding.httpMethod,
    captures,
    rawQuery: "",
    headers: {},
    rawHeaders: [],
    remoteAddress: "127.0.0.1",
    secure: false,
    http2: false,
    requestId: "explain",
    body: null,
    form: null,
  };
}

/** A text that the field takes. */
function exampleText(field: FieldType | undefined): string {
  if (field === undefined) throw new Error("a variable has no field");
  const { type } = field;
  if (type.kind === "enum") return type.enum.values[0]?.name ?? "";
  if (type.kind === "message")
    return type.message.fullName === "google.protobuf.Timestamp" ? "2026-01-02T03:04:05Z" : "1";
  if (type.scalar === "bool") return "true";
  if (type.scalar === "string") return "a b/ç";
  return type.scalar === "bytes" ? "aGk=" : "7";
}
