import { refuse } from "../server/status-error.js";
import { toTimestamp, type WireTimestamp } from "../server/time.js";
import { Topic } from "../server/topic.js";

/** portico.examples.v1.ChatMessage as proto-loader has it. */
export interface ChatMessage {
  readonly name: string;
  readonly author: string;
  readonly text: string;
  readonly createTime: WireTimestamp;
}

/** A room: what was said in it, and what is being said. */
export interface Room {
  readonly messages: ChatMessage[];
  readonly said: Topic<ChatMessage>;
}

/** The rooms, in memory. */
export class RoomStore {
  readonly #rooms = new Map<string, Room>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
    this.say("rooms/lobby", "users/ada", "Welcome. Everybody can hear you here.");
  }

  room(name: string): Room {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = { messages: [], said: new Topic() };
      this.#rooms.set(name, room);
    }
    return room;
  }

  /** @throws StatusError INVALID_ARGUMENT */
  say(roomName: string, author: string, text: string): ChatMessage {
    const letters = [...text].length;
    refuse([
      ...(/^users\/[^/]+$/.test(author) ? [] : [{ field: "author", description: 'must be like "users/ada"' }]),
      ...(letters >= 1 && letters <= 2000 ? [] : [{ field: "text", description: "must have 1 to 2000 characters" }]),
    ]);
    const room = this.room(roomName);
    const message: ChatMessage = {
      name: `${roomName}/messages/${room.messages.length + 1}`,
      author,
      text,
      createTime: toTimestamp(this.#now()),
    };
    room.messages.push(message);
    room.said.publish(message);
    return message;
  }
}
