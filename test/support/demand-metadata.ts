import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from "@grpc/grpc-js";

/** Lets a grpc-js server answer UNAUTHENTICATED to calls whose metadata it does not admit. */
export function demandMetadata(admits: (metadata: Metadata) => boolean): ServerInterceptor {
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start(next) {
        next({
          onReceiveMetadata(metadata, pass) {
            if (admits(metadata)) pass(metadata);
            else call.sendStatus({ code: status.UNAUTHENTICATED, details: "no token" });
          },
        });
      },
    });
}
