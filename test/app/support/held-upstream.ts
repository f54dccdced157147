import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";

/** A gRPC server with one method, which answers an empty message when it is told to. */
export interface HeldUpstream {
  readonly port: number;
  /** Calls that came. */
  calls(): number;
  /** Answers those that wait, and all that come. */
  release(): void;
  close(): void;
}

const bytes = {
  requestSerialize: (value: Buffer) => value,
  requestDeserialize: (value: Buffer) => value,
  responseSerialize: (value: Buffer) => value,
  responseDeserialize: (value: Buffer) => value,
};

/** Serves the RPC at `path` ("/pkg.Service/Method") on loopback. */
export async function startHeldUpstream(path: string, port = 0): Promise<HeldUpstream> {
  const waiting: (() => void)[] = [];
  let calls = 0;
  let released = false;
  const server = new Server();
  server.addService(
    { Held: { path, requestStream: false, responseStream: false, ...bytes } },
    {
      Held(_call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) {
        calls += 1;
        const answer = () => callback(null, Buffer.alloc(0));
        if (released) answer();
        else waiting.push(answer);
      },
    },
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, actual) => {
      if (error === null) resolve(actual);
      else reject(error);
    });
  });
  return {
    port: bound,
    calls: () => calls,
    release() {
      released = true;
      for (const answer of waiting.splice(0)) answer();
    },
    close: () => server.forceShutdown(),
  };
}
