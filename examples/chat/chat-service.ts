import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { bothWays, type CallContext, serverStream, unary } from "../server/handlers.js";
import { refuse } from "../server/status-error.js";
import type { ChatMessage, RoomStore } from "./room-store.js";

interface JoinRoomRequest {
  readonly room: string;
  readonly author: string;
  readonly text: string;
}

/** portico.examples.v1.ChatService over a store. */
export function chatService(rooms: RoomStore): UntypedServiceImplementation {
  return {
    JoinRoom: bothWays((requests: AsyncIterable<JoinRoomRequest>, context) => join(rooms, requests, context)),

    CreateMessage: unary((request: { parent: string; message: { author: string; text: string } | null }) =>
      rooms.say(request.parent, request.message?.author ?? "", request.message?.text ?? ""),
    ),

    ListMessages: unary((request: { parent: string; pageSize: number }) => {
      if (request.pageSize < 0) refuse([{ field: "page_size", description: "must not be negative" }]);
      const size = request.pageSize === 0 ? 50 : request.pageSize;
      return { messages: rooms.room(request.parent).messages.slice(-size).reverse() };
    }),

    WatchMessages: serverStream(async function* (request: { parent: string; count: number }, context) {
      const room = rooms.room(request.parent);
      let sent = 0;
      const now = room.said.listen(context.signal);
      try {
        for (const message of [...room.messages]) {
          yield message;
          sent += 1;
          if (sent === request.count) return;
        }
        for await (const message of now) {
          yield message;
          sent += 1;
          if (sent === request.count) return;
        }
      } finally {
        await now.return?.();
      }
    }),
  };
}

/**
 * Reads what the client says and writes what the room hears, each at its own pace. The first message enters the room;
 * the end of the client's stream leaves it, once all that was said before has been heard.
 */
async function* join(
  rooms: RoomStore,
  requests: AsyncIterable<JoinRoomRequest>,
  context: CallContext,
): AsyncGenerator<ChatMessage> {
  const incoming = requests[Symbol.asyncIterator]();
  const first: IteratorResult<JoinRoomRequest> = await incoming.next();
  if (first.done === true) return;
  const { room } = first.value;
  const left = new AbortController();
  const heard = rooms.room(room).said.listen(AbortSignal.any([context.signal, left.signal]));
  const talking = (async () => {
    try {
      for (let next: IteratorResult<JoinRoomRequest> = first; next.done !== true; next = await incoming.next()) {
        if (next.value.text !== "") rooms.say(room, next.value.author, next.value.text);
      }
    } finally {
      left.abort();
    }
  })();
  // Its failure is told below, after what was said before it.
  talking.catch(() => undefined);
  yield* heard;
  await talking;
}
