import { describe, expect, it } from "vitest";
import { sampleTime, useSampleServices } from "../support/use-sample-services.js";

const services = useSampleServices();
const call = (method: string, ...requests: unknown[]) =>
  services.client.call(`portico.examples.v1.ChatService/${method}`, requests);
const open = (method: string) => services.client.open(`portico.examples.v1.ChatService/${method}`);

describe("rooms", () => {
  it("keeps what is said, the last first", async () => {
    const say = (text: string) => call("CreateMessage", { parent: "rooms/a", message: { author: "users/ada", text } });
    expect((await say("one")).messages).toEqual([
      { name: "rooms/a/messages/1", author: "users/ada", text: "one", createTime: sampleTime },
    ]);
    await say("two");
    await say("three");
    const { messages } = await call("ListMessages", { parent: "rooms/a", pageSize: 2 });
    expect(messages).toMatchObject([{ messages: [{ text: "three" }, { text: "two" }] }]);
    expect((await call("ListMessages", { parent: "rooms/empty" })).messages).toEqual([{}]);
  });

  it.each([
    ["without a text", { author: "users/ada" }],
    ["without an author", { text: "x" }],
    ["that is too long", { author: "users/ada", text: "x".repeat(2001) }],
  ])("refuses a message %s", async (_what, message) => {
    expect((await call("CreateMessage", { parent: "rooms/a", message })).code).toBe("INVALID_ARGUMENT");
  });

  it("lets a listener hear what was said and what is being said", async () => {
    const listener = open("WatchMessages");
    listener.send({ parent: "rooms/lobby", count: 2 });
    listener.end();
    expect(await listener.next()).toMatchObject({ text: "Welcome. Everybody can hear you here." });
    await call("CreateMessage", { parent: "rooms/lobby", message: { author: "users/alan", text: "hello" } });
    expect(await listener.next()).toMatchObject({ author: "users/alan", text: "hello" });
    expect((await listener.result()).code).toBe("OK");
  });

  it("carries what two people say to both of them, in one order", async () => {
    const ada = open("JoinRoom");
    ada.send({ room: "rooms/b", author: "users/ada", text: "anybody?" });
    expect(await ada.next()).toMatchObject({ author: "users/ada", text: "anybody?" });
    const alan = open("JoinRoom");
    alan.send({ room: "rooms/b", author: "users/alan", text: "me" });
    expect(await alan.next()).toMatchObject({ author: "users/alan", text: "me" });
    expect(await ada.next()).toMatchObject({ author: "users/alan", text: "me" });
    ada.send({ room: "rooms/b", author: "users/ada", text: "good" });
    expect(await alan.next()).toMatchObject({ author: "users/ada", text: "good" });
    ada.end();
    expect(await ada.result()).toMatchObject({ code: "OK", messages: [{}, {}, { text: "good" }] });
    alan.end();
    expect((await alan.result()).code).toBe("OK");
  });

  it("brings back all that a client says at once before it ends", async () => {
    const requests = Array.from({ length: 50 }, (_, i) => ({ room: "rooms/c", author: "users/ada", text: `${i}` }));
    const { messages, code } = await call("JoinRoom", ...requests);
    expect(code).toBe("OK");
    expect(messages.map((message) => (message as { text: string }).text)).toEqual(requests.map(({ text }) => text));
  });

  it("ends for a client that says nothing, and for one that only listens", async () => {
    expect(await call("JoinRoom")).toMatchObject({ code: "OK", messages: [] });
    expect(await call("JoinRoom", { room: "rooms/d", author: "users/ada" })).toMatchObject({
      code: "OK",
      messages: [],
    });
  });

  it("ends with INVALID_ARGUMENT after what was right", async () => {
    const first = { room: "rooms/e", author: "users/ada", text: "right" };
    expect(await call("JoinRoom", first, { room: "rooms/e", text: "wrong" })).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });
});
