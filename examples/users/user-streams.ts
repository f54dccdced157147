import { status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { bothWays, type CallContext, clientStream, serverStream } from "../server/handlers.js";
import { StatusError } from "../server/status-error.js";
import type { User } from "./user.js";
import type { UserChange, UserStore } from "./user-store.js";

interface UserEvent extends UserChange {
  readonly sequence: string;
}

interface ChatMessage {
  readonly to: string;
  readonly text: string;
}

interface ChatAnswer {
  readonly from: string;
  readonly text: string;
  readonly turn: number;
}

/** The streaming methods of portico.examples.v1.UserService. */
export function userStreams(users: UserStore): UntypedServiceImplementation {
  return {
    WatchUsers: serverStream((request: { count: number; changesOnly: boolean }, context) =>
      watch(users, request, context),
    ),

    BulkCreateUsers: clientStream(async (requests: AsyncIterable<{ userId: string; user: User | null }>) => {
      const names: string[] = [];
      const failures: Record<number, { code: number; message: string }> = {};
      let position = 0;
      for await (const request of requests) {
        try {
          names.push(users.create(request.userId, request.user).name);
        } catch (reason) {
          if (!(reason instanceof StatusError)) throw reason;
          failures[position] = { code: reason.code, message: reason.message };
        }
        position += 1;
      }
      return { createdCount: names.length, names, failures };
    }),

    ChatWithUsers: bothWays((requests: AsyncIterable<ChatMessage>) => chat(users, requests)),
  };
}

async function* watch(
  users: UserStore,
  request: { readonly count: number; readonly changesOnly: boolean },
  context: CallContext,
): AsyncGenerator<UserEvent> {
  // Listen first: a change while the present users are being sent must not be lost.
  const changes = users.changes.listen(context.signal);
  let sequence = 0;
  for await (const change of presentThenChanges(request.changesOnly ? [] : users.list(), changes)) {
    sequence += 1;
    yield { ...change, sequence: String(sequence) };
    if (sequence === request.count) return;
  }
}

async function* presentThenChanges(
  present: readonly User[],
  changes: AsyncIterableIterator<UserChange>,
): AsyncGenerator<UserChange> {
  try {
    for (const user of present) yield { kind: "ADDED", user };
    yield* changes;
  } finally {
    await changes.return?.();
  }
}

async function* chat(users: UserStore, requests: AsyncIterable<ChatMessage>): AsyncGenerator<ChatAnswer> {
  const turns = new Map<string, number>();
  for await (const message of requests) {
    const user = users.get(message.to);
    if (message.text === "") throw new StatusError(status.INVALID_ARGUMENT, "text: must not be empty");
    const turn = (turns.get(user.name) ?? 0) + 1;
    turns.set(user.name, turn);
    yield { from: user.name, text: answer(user, message.text), turn };
    if (message.text === "bye") return;
  }
}

function answer(user: User, text: string): string {
  if (text === "bye") return `Goodbye from ${user.displayName}.`;
  return `${user.displayName} heard ${[...text].length} characters: ${[...text].reverse().join("")}`;
}
