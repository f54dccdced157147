/**
 * A gRPC server (grpc-js) in a process of its own, to be killed: it answers with what it was sent, a few milliseconds later,
 * and notes each call in a file before it answers. What is written there outlives a SIGKILL.
 *
 * Environment: PORT and HOST, SEEN (the file), MAX_CONNECTION_AGE_MS and MAX_CONNECTION_AGE_GRACE_MS (what
 * calls have after the GOAWAY), CERT and KEY (PEM files).
 */
import { openSync, readFileSync, writeSync } from "node:fs";
import { type handleUnaryCall, Server, ServerCredentials, type ServiceDefinition } from "@grpc/grpc-js";

const { PORT = "0", HOST = "127.0.0.1", SEEN = "", CERT, KEY } = process.env;
const { MAX_CONNECTION_AGE_MS: age, MAX_CONNECTION_AGE_GRACE_MS: grace } = process.env;
const seen = openSync(SEEN, "a");
const same = (bytes: Buffer): Buffer => bytes;

const answer: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
  const key = /key \d+/.exec(call.request.toString("latin1"))?.[0] ?? "none";
  writeSync(seen, `${key}\n`);
  setTimeout(() => callback(null, call.request), 3);
};

const method = (name: string) => ({
  path: `/portico.e2e.v1.Promises/${name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
});
const definition: ServiceDefinition = { pure: method("Pure"), unsafe: method("Unsafe") };

const server = new Server({
  ...(age === undefined ? {} : { "grpc.max_connection_age_ms": Number(age) }),
  ...(grace === undefined ? {} : { "grpc.max_connection_age_grace_ms": Number(grace) }),
});
server.addService(definition, { pure: answer, unsafe: answer });
const credentials =
  CERT === undefined || KEY === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [{ private_key: readFileSync(KEY), cert_chain: readFileSync(CERT) }]);
server.bindAsync(`${HOST}:${PORT}`, credentials, (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`listening on ${port}\n`);
});
