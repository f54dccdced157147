import type { Binding } from "../../rules/index.js";
import type { JsonObject, OpenApiInput } from "../types.js";

/** The headers that the gateway reads of every request, as components.parameters. */
export function headerParameters({ requestIdHeader, takesRequestId }: OpenApiInput): JsonObject {
  return {
    ServerTimeout: {
      name: "X-Server-Timeout",
      in: "header",
      description:
        "How long the call may take, in seconds; it cannot be more than the gateway allows. `Grpc-Timeout`, in gRPC's own form, " +
        "is read as well, and goes before it.",
      schema: { type: "string", pattern: "^[0-9]{1,9}(\\.[0-9]{1,9})?$" },
    },
    ...(requestIdHeader === null || !takesRequestId
      ? {}
      : {
          RequestId: {
            name: requestIdHeader,
            in: "header",
            description:
              "Tells the request in logs and traces; the gateway makes one where there is none, or one of another form.",
            schema: { type: "string", pattern: "^[A-Za-z0-9._:/+=@-]{1,128}$" },
          },
        }),
  };
}

/** The header that an EventSource sends when it connects again (HTML, "Last-Event-ID"), where a method goes on from there. */
export function lastEventId({ rpc }: Binding, { resumes }: OpenApiInput): readonly JsonObject[] {
  if (!rpc.serverStreaming || !resumes(rpc)) return [];
  const description = "The id of the last event that was seen: the stream goes on after it.";
  return [{ name: "Last-Event-ID", in: "header", description, schema: { type: "string" } }];
}
