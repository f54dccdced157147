import { request as httpRequest } from "node:http";
import { isDeepStrictEqual } from "node:util";
import type { Case } from "./cases.js";

/**
 * Asks a server once and compares what it answers with what the case expects, as values: ProtoJSON prescribes neither order
 * nor white space. Gives the length of the body; throws with both values where they differ.
 */
export async function checkReply(port: number, asked: Case): Promise<number> {
  const { status, body } = await ask(port, asked);
  if (status !== 200) throw new Error(`${asked.method} ${asked.target} was answered ${status}: ${body}`);
  const text = body.toString();
  const got = asked.messages === 1 ? [JSON.parse(text)] : text.trimEnd().split("\n").map(messageOf);
  const wrong = got.find((message) => !isDeepStrictEqual(message, asked.expected));
  if (wrong !== undefined || got.length !== asked.messages) {
    const answer = `${got.length} messages, such as ${JSON.stringify(wrong ?? got[0])}`;
    throw new Error(`${asked.name}: expected ${asked.messages} of ${JSON.stringify(asked.expected)}, got ${answer}`);
  }
  return body.length;
}

/** grpc-gateway puts each message of a stream into a `result`, which cannot be turned off. */
function messageOf(line: string): unknown {
  const message: unknown = JSON.parse(line);
  return (message as { result?: unknown }).result ?? message;
}

function ask(port: number, { method, target, body, accept }: Case): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { accept, ...(body === null ? {} : { "content-type": "application/json" }) };
    httpRequest({ host: "127.0.0.1", port, method, path: target, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
      response.on("error", reject);
    })
      .on("error", reject)
      .end(body ?? undefined);
  });
}
