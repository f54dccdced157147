import type { AddressInfo } from "node:net";
import { type FastifyReply, fastify } from "fastify";
import { reportReady } from "../../support/child.js";

/** Calls as a naive gateway makes them: objects of proto-loader in, objects out. */
export interface NaiveClient {
  unary(method: string, request: object, done: (error: Error | null, reply?: object) => void): void;
  /** Calls `message` for each message; what it returns says whether to go on at once. `resume` goes on later. */
  stream(method: string, request: object, events: StreamEvents): { resume(): void };
}
export interface StreamEvents {
  readonly message: (reply: object) => boolean;
  readonly end: (error: Error | null) => void;
}

interface Timestamp {
  readonly seconds: string;
  readonly nanos: number;
}

/** proto-loader's objects have JSON's names and enums, but a Timestamp is its two numbers. */
function withTime(message: object): object {
  const time = (message as { createTime?: Timestamp }).createTime;
  if (time === undefined) return message;
  const milliseconds = Number(time.seconds) * 1_000 + Math.floor(time.nanos / 1e6);
  return { ...message, createTime: new Date(milliseconds).toISOString() };
}

/** Serves the bench's routes with handlers as people write them, one a method. */
export async function serveNaively(client: NaiveClient): Promise<void> {
  const app = fastify();
  const answer = (reply: FastifyReply, error: Error | null, body: object | undefined): void => {
    reply.code(error === null ? 200 : 500).send(error === null ? body : { message: error.message });
  };

  app.get<{ Params: { user: string } }>("/v2/users/:user", ({ params }, reply) => {
    client.unary("GetUser", { name: `users/${params.user}` }, (error, message) => {
      answer(reply, error, message && withTime(message));
    });
  });
  app.get<{ Querystring: { pageSize?: string } }>("/v2/users", ({ query }, reply) => {
    client.unary("ListUsers", { pageSize: Number(query.pageSize ?? 0) }, (error, message) => {
      const { users = [], ...rest } = (message ?? {}) as { users?: object[] };
      answer(reply, error, { users: users.map(withTime), ...rest });
    });
  });
  app.get<{ Params: { user: string }; Querystring: { pageSize?: string; states?: string[] } }>(
    "/v2/users/:user/orders",
    ({ params, query }, reply) => {
      const request = {
        parent: `users/${params.user}`,
        pageSize: Number(query.pageSize ?? 0),
        states: query.states ?? [],
      };
      client.unary("ListOrders", request, (error, message) => {
        const { orders = [], ...rest } = (message ?? {}) as { orders?: object[] };
        answer(reply, error, { orders: orders.map(withTime), ...rest });
      });
    },
  );
  app.post("/v2/users", ({ body }, reply) => {
    client.unary("CreateUser", { user: body }, (error, message) => {
      answer(reply, error, message && withTime(message));
    });
  });
  // A colon in the path of a Fastify route begins a parameter; two are a colon.
  app.get<{ Querystring: { count?: string } }>("/v2/users::watch", ({ query }, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { "content-type": "application/x-ndjson" });
    const call = client.stream(
      "WatchUsers",
      { count: Number(query.count ?? 0) },
      {
        message(event) {
          const { user, ...rest } = event as { user?: object };
          return raw.write(`${JSON.stringify(user ? { ...rest, user: withTime(user) } : rest)}\n`);
        },
        end: (error) => (error === null ? raw.end() : raw.destroy(error)),
      },
    );
    raw.on("drain", () => call.resume());
  });

  await app.listen({ host: "127.0.0.1", port: 0 });
  reportReady((app.server.address() as AddressInfo).port);
}
