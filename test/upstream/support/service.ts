import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
} from "@grpc/grpc-js";

const identity = (bytes: Buffer): Buffer => bytes;

/** How a test answers /test.Echo/Unary and /test.Echo/Stream, in bytes. */
export interface EchoService {
  readonly unary?: handleUnaryCall<Buffer, Buffer>;
  readonly stream?: handleBidiStreamingCall<Buffer, Buffer>;
}

/** A real gRPC server (grpc-js) on loopback. */
export interface RunningService {
  readonly target: string;
  readonly port: number;
  /** Ends at once: every connection is dropped. */
  kill(): void;
  /** Ends gracefully. */
  stop(): Promise<void>;
}

const definition: ServiceDefinition = {
  unary: {
    path: "/test.Echo/Unary",
    requestStream: false,
    responseStream: false,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  },
  stream: {
    path: "/test.Echo/Stream",
    requestStream: true,
    responseStream: true,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  },
};

const echoUnary: handleUnaryCall<Buffer, Buffer> = (call, callback) => callback(null, call.request);

const echoStream: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
  call.on("data", (message) => {
    if (!call.write(message)) {
      call.pause();
      call.once("drain", () => call.resume());
    }
  });
  call.on("end", () => call.end());
};

/** Starts a server; `bind` is "127.0.0.1:0" or "unix:/path". By default both methods echo. */
export async function startService(
  service: EchoService = {},
  bind = "127.0.0.1:0",
  credentials = ServerCredentials.createInsecure(),
): Promise<RunningService> {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(definition, {
    unary: service.unary ?? echoUnary,
    stream: service.stream ?? echoStream,
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(bind, credentials, (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
  return {
    target: bind.startsWith("unix:") ? bind : `127.0.0.1:${port}`,
    port,
    kill: () => server.forceShutdown(),
    stop: () =>
      new Promise((resolve) => {
        server.tryShutdown(() => resolve());
      }),
  };
}
