import { describe, expect, it } from "vitest";
import { sampleTime, useSampleServices } from "../support/use-sample-services.js";

const services = useSampleServices();
const call = (method: string, ...requests: unknown[]) =>
  services.client.call(`portico.examples.v1.UserService/${method}`, requests);

const alan = {
  name: "users/alan",
  displayName: "Alan Turing",
  email: "alan@example.com",
  age: 41,
  role: "EDITOR",
  state: "ACTIVE",
  tags: ["mathematics", "running"],
  labels: { team: "machine" },
  address: { lines: ["Adlington Road"], city: "Wilmslow", postalCode: "SK9 2BT", countryCode: "GB" },
  chat: { network: "irc.example.net", nick: "prof" },
  creditMicros: "1500000",
  createTime: "2024-01-02T09:00:00Z",
  updateTime: "2024-01-02T09:00:00Z",
  etag: "2",
};

describe("reading users", () => {
  it.each([
    ["by name", { name: "users/alan" }],
    ["by email address", { email: "alan@example.com" }],
  ])("reads a user %s", async (_how, request) => {
    expect(await call("GetUser", request)).toMatchObject({ code: "OK", messages: [alan] });
  });

  it("keeps every digit of a number above 2^53", async () => {
    const { messages } = await call("GetUser", { name: "users/ada" });
    expect(messages[0]).toMatchObject({ creditMicros: "9007199254740993", attributes: { theme: "dark", beta: true } });
  });

  it("answers NOT_FOUND with the name of what is missing", async () => {
    expect(await call("GetUser", { name: "users/nobody" })).toMatchObject({
      code: "NOT_FOUND",
      message: "users/nobody is not there",
      messages: [],
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ResourceInfo",
          resourceType: "portico.examples.v1.User",
          resourceName: "users/nobody",
          description: "not found",
        },
      ],
    });
  });

  it.each([
    ["the owner of the token", "Bearer token-of-alan", "OK", [alan]],
    ["UNAUTHENTICATED without a token", undefined, "UNAUTHENTICATED", []],
    ["UNAUTHENTICATED for another scheme", "Basic YTpi", "UNAUTHENTICATED", []],
    ["PERMISSION_DENIED for the token of nobody", "Bearer token-of-nobody", "PERMISSION_DENIED", []],
  ])("answers a call for the current user with %s", async (_what, authorization, code, messages) => {
    const metadata = authorization === undefined ? {} : { authorization };
    const answer = await services.client.call("portico.examples.v1.UserService/GetCurrentUser", [{}], { metadata });
    expect(answer).toMatchObject({ code, messages });
  });
});

describe("listing users", () => {
  const names = async (request: object): Promise<unknown> => {
    const { code, messages } = await call("ListUsers", request);
    expect(code).toBe("OK");
    return ((messages[0] as { users?: { name: string }[] }).users ?? []).map((user) =>
      user.name.slice("users/".length),
    );
  };

  it.each([
    ["all that are in use, by name", {}, ["ada", "alan", "barbara", "dennis"]],
    ["archived ones if asked", { showArchived: true }, ["ada", "alan", "barbara", "dennis", "katherine"]],
    ["by a comparison of numbers", { filter: "age >= 41" }, ["alan", "barbara", "dennis"]],
    ["by comparisons joined by AND", { filter: "age>=41 AND role=EDITOR AND age<80" }, ["alan"]],
    ["by a label", { filter: 'labels.team = "engine"' }, ["ada", "barbara"]],
    ["by a tag", { filter: "tags:mathematics" }, ["ada", "alan"]],
    ["by a part of a text, in any case", { filter: 'display_name:"TURING"' }, ["alan"]],
    ["by a field that a message holds", { filter: "address.city!=London AND address.country_code=GB" }, ["alan"]],
    ["by a selection", { where: { roles: ["EDITOR", "VIEWER"], minAge: 70 } }, ["barbara", "dennis"]],
    ["by a selection of tags and labels", { where: { tags: ["poetry"], labels: { team: "engine" } } }, ["ada"]],
    ["by a selection of a time", { where: { createdSince: "2024-01-03T09:00:00Z" } }, ["barbara", "dennis"]],
    ["by age, the eldest first", { orderBy: "age desc" }, ["barbara", "dennis", "alan", "ada"]],
  ])("lists %s", async (_how, request, expected) => {
    expect(await names(request)).toEqual(expected);
  });

  it("gives every user once over the pages, and no token on the last", async () => {
    const seen: unknown[] = [];
    let pageToken = "";
    for (let page = 1; page <= 3; page++) {
      const { messages } = await call("ListUsers", { pageSize: 3, pageToken, showArchived: true });
      const reply = messages[0] as { users: { name: string }[]; nextPageToken?: string; totalSize: number };
      seen.push(...reply.users.map((user) => user.name));
      expect(reply.totalSize).toBe(5);
      if (reply.nextPageToken === undefined) break;
      pageToken = reply.nextPageToken;
    }
    expect(seen).toEqual(["users/ada", "users/alan", "users/barbara", "users/dennis", "users/katherine"]);
  });

  it("gives only the fields of the read mask", async () => {
    const { messages } = await call("ListUsers", { readMask: "name,address.city", filter: "role=ADMIN" });
    expect(messages).toEqual([{ users: [{ name: "users/ada", address: { city: "London" } }], totalSize: 1 }]);
  });

  it.each([
    ["a filter that ends too early", { filter: "age >=" }, "filter", "column 7: expected a value"],
    ["a filter without an operator", { filter: "age 7" }, "filter", "column 5: expected one of = != < <= > >= :"],
    ["a filter with another junction", { filter: "age=7 OR age=8" }, "filter", "column 7: expected AND"],
    ["a filter that ends in AND", { filter: "age=7 AND" }, "filter", "column 10: expected a comparison after AND"],
    ["a text that does not end", { filter: 'name="x' }, "filter", 'column 6: cannot read "\\""'],
    ["a number compared with a word", { filter: "age=old" }, "filter", 'age is a number, "old" is not'],
    ["a field that is not there", { filter: "size=1" }, "filter", 'there is no field "size" to compare'],
    ["an order that cannot be read", { orderBy: "age down" }, "order_by", 'must be a field, or a field and "desc"'],
    ["a negative page size", { pageSize: -1 }, "page_size", "must not be negative"],
    ["a token that nobody gave", { pageToken: "x" }, "page_token", "is not a token that this list gave"],
    ["a mask of no field", { readMask: "age.years" }, "read_mask", 'there is no field "age.years" to read'],
  ])("refuses %s and names the field", async (_what, request, field, description) => {
    expect(await call("ListUsers", request)).toMatchObject({
      code: "INVALID_ARGUMENT",
      details: [{ "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field, description }] }],
    });
  });

  it("refuses the token of another list", async () => {
    const { messages } = await call("ListUsers", { pageSize: 1 });
    const { nextPageToken } = messages[0] as { nextPageToken: string };
    expect((await call("ListUsers", { pageToken: nextPageToken, filter: "age>1" })).code).toBe("INVALID_ARGUMENT");
  });

  it("counts and reads several", async () => {
    expect(await call("CountUsers", { where: { roles: ["EDITOR"] } })).toMatchObject({ messages: [{ count: 2 }] });
    const { messages } = await call("BatchGetUsers", { names: ["users/dennis", "users/alan"] });
    expect(messages).toMatchObject([{ users: [{ name: "users/dennis" }, alan] }]);
    expect((await call("BatchGetUsers", { names: ["users/alan", "users/x"] })).code).toBe("NOT_FOUND");
    expect((await call("BatchGetUsers", {})).code).toBe("INVALID_ARGUMENT");
  });
});

describe("changing users", () => {
  it("creates a user, who is a viewer if nothing is said, and makes up an id if there is none", async () => {
    const created = await call("CreateUser", {
      user: { displayName: "Edsger", email: "edsger@example.com", nickname: "" },
    });
    expect(created).toMatchObject({ code: "OK" });
    expect(created.messages).toEqual([
      {
        name: "users/user-1",
        displayName: "Edsger",
        email: "edsger@example.com",
        nickname: "",
        role: "VIEWER",
        state: "ACTIVE",
        createTime: sampleTime,
        updateTime: sampleTime,
        etag: expect.any(String),
      },
    ]);
  });

  it("checks without creating", async () => {
    const request = { userId: "checked", validateOnly: true, user: { displayName: "C", email: "c@example.com" } };
    expect(await call("CreateUser", request)).toMatchObject({ code: "OK", messages: [{ name: "users/checked" }] });
    expect((await call("GetUser", { name: "users/checked" })).code).toBe("NOT_FOUND");
  });

  it.each([
    ["an id", { userId: "ada", user: { displayName: "A", email: "other@example.com" } }, "users/ada"],
    ["an email address", { userId: "other", user: { displayName: "A", email: "ada@example.com" } }, "ada@example.com"],
  ])("answers ALREADY_EXISTS for %s that is taken", async (_what, request, name) => {
    expect(await call("CreateUser", request)).toMatchObject({
      code: "ALREADY_EXISTS",
      message: `${name} is there already`,
    });
  });

  it("refuses a user with every bad field at once", async () => {
    const user = { email: "nowhere", age: 200, phone: "12", address: { countryCode: "gb" } };
    expect(await call("CreateUser", { userId: "me", user })).toMatchObject({
      code: "INVALID_ARGUMENT",
      details: [
        {
          fieldViolations: [
            { field: "user_id", description: '"me" is taken' },
            { field: "user.display_name", description: "must have 1 to 63 characters" },
            { field: "user.email", description: "must be an email address" },
            { field: "user.age", description: "must be between 0 and 150" },
            { field: "user.address.country_code", description: "must be two capital letters" },
            { field: "user.phone", description: 'must be like "+442079460000"' },
          ],
        },
      ],
    });
  });

  it("creates several users or none", async () => {
    const grace = { name: "users/grace", displayName: "Grace Hopper", email: "grace@example.com" };
    const broken = { displayName: "", email: "x@example.com" };
    expect(await call("BatchCreateUsers", { users: [grace, broken] })).toMatchObject({
      code: "INVALID_ARGUMENT",
      details: [{ fieldViolations: [{ field: "users[1].display_name" }] }],
    });
    expect(await call("BatchCreateUsers", { users: [grace, { ...grace, name: "users/twin" }] })).toMatchObject({
      code: "ALREADY_EXISTS",
    });
    expect((await call("GetUser", { name: "users/grace" })).code).toBe("NOT_FOUND");
    expect(await call("BatchCreateUsers", { users: [grace] })).toMatchObject({
      code: "OK",
      messages: [{ users: [grace] }],
    });
  });

  it.each<[string, object, string | undefined, object, readonly string[]]>([
    [
      "the fields of the mask alone",
      { displayName: "New", age: 1 },
      "displayName",
      { displayName: "New", age: 70 },
      [],
    ],
    [
      "a field inside a message",
      { address: { city: "Berkeley" } },
      "address.city",
      { address: { city: "Berkeley" } },
      [],
    ],
    ["one entry of a map", { labels: { a: "1", b: "2" } }, "labels.a", { labels: { a: "1" } }, []],
    [
      "one member of a Struct",
      { attributes: { x: { y: [1] }, z: 1 } },
      "attributes.x.y",
      { attributes: { x: { y: [1] } } },
      [],
    ],
    ["a member of a oneof", { phone: "+15105550100" }, "phone", { phone: "+15105550100" }, ["chat"]],
    ["the other member of it", { chat: { nick: "dmr" } }, "chat.nick", { chat: { nick: "dmr" } }, ["phone"]],
    ["a field to nothing", {}, "address", {}, ["address"]],
    [
      "everything without a mask",
      { displayName: "D", email: "d@example.com" },
      undefined,
      { displayName: "D", email: "d@example.com", state: "ACTIVE" },
      ["age", "labels", "attributes", "chat"],
    ],
  ])("changes %s", async (_what, fields, updateMask, expected, absent) => {
    const request = { user: { name: "users/dennis", ...fields }, ...(updateMask === undefined ? {} : { updateMask }) };
    const answer = await call("UpdateUser", request);
    expect(answer).toMatchObject({ code: "OK", messages: [{ ...expected, updateTime: sampleTime }] });
    for (const field of absent) expect(answer.messages[0]).not.toHaveProperty(field);
    expect((await call("GetUser", { name: "users/dennis" })).messages).toEqual(answer.messages);
  });

  it.each([
    ["ABORTED for an etag of the past", { user: { name: "users/alan", etag: "0" } }, "ABORTED"],
    ["NOT_FOUND for nobody", { user: { name: "users/nobody" } }, "NOT_FOUND"],
    [
      "INVALID_ARGUMENT for a mask of no field",
      { user: { name: "users/alan" }, updateMask: "shoeSize" },
      "INVALID_ARGUMENT",
    ],
    [
      "INVALID_ARGUMENT for a bad value",
      { user: { name: "users/alan", age: -1 }, updateMask: "age" },
      "INVALID_ARGUMENT",
    ],
    [
      "ALREADY_EXISTS for the address of somebody else",
      { user: { name: "users/alan", email: "ada@example.com" }, updateMask: "email" },
      "ALREADY_EXISTS",
    ],
  ])("answers an update with %s and changes nothing", async (_what, request, code) => {
    expect((await call("UpdateUser", request)).code).toBe(code);
    expect((await call("GetUser", { name: "users/alan" })).messages).toEqual([alan]);
  });

  it("creates what is missing if it may", async () => {
    const user = { name: "users/niklaus", displayName: "Niklaus", email: "niklaus@example.com" };
    expect(await call("UpdateUser", { user, allowMissing: true })).toMatchObject({ code: "OK", messages: [user] });
  });

  it("archives once", async () => {
    const request = { name: "users/barbara", reason: "left" };
    expect(await call("ArchiveUser", request)).toMatchObject({
      messages: [{ state: "ARCHIVED", attributes: { archiveReason: "left" } }],
    });
    expect(await call("ArchiveUser", request)).toMatchObject({
      code: "FAILED_PRECONDITION",
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
          violations: [{ type: "ACTIVE", subject: "users/barbara", description: "users/barbara is archived already" }],
        },
      ],
    });
  });

  it("deletes a user without open orders, and one with them if forced", async () => {
    expect(await call("DeleteUser", { name: "users/katherine", etag: "0" })).toMatchObject({ code: "ABORTED" });
    expect(await call("DeleteUser", { name: "users/katherine" })).toMatchObject({ code: "OK", messages: [{}] });
    expect(await call("DeleteUser", { name: "users/katherine" })).toMatchObject({ code: "NOT_FOUND" });
    expect(await call("DeleteUser", { name: "users/ada" })).toMatchObject({
      code: "FAILED_PRECONDITION",
      message: "users/ada has 1 open orders",
    });
    expect(await call("DeleteUser", { name: "users/ada", force: true })).toMatchObject({ code: "OK" });
  });
});

describe("streams of users", () => {
  it("tells of those who are there and ends after count", async () => {
    const { messages, code } = await call("WatchUsers", { count: 1 });
    expect(code).toBe("OK");
    expect(messages).toEqual([{ kind: "ADDED", sequence: "1", user: expect.objectContaining({ name: "users/alan" }) }]);
  });

  it("tells of changes as they happen", async () => {
    const watching = services.client.open("portico.examples.v1.UserService/WatchUsers");
    watching.send({ count: 100 });
    watching.end();
    const { messages } = await call("CountUsers", {});
    for (let i = (messages[0] as { count: number }).count; i > 0; i--) await watching.next();
    await call("CreateUser", { userId: "seen", user: { displayName: "S", email: "seen@example.com" } });
    await call("DeleteUser", { name: "users/seen" });
    expect(await watching.next()).toMatchObject({ kind: "ADDED", user: { name: "users/seen" } });
    expect(await watching.next()).toMatchObject({ kind: "REMOVED", user: { name: "users/seen" } });
    watching.cancel();
    expect((await watching.result()).code).toBe("CANCELLED");
  });

  it("creates what a client streams and tells what failed at which place", async () => {
    const answer = await call(
      "BulkCreateUsers",
      { userId: "bulk-1", user: { displayName: "One", email: "one@example.com" } },
      { userId: "bulk-1", user: { displayName: "Again", email: "again@example.com" } },
      { userId: "bulk-3", user: { displayName: "Three", email: "three@example.com" } },
    );
    expect(answer).toMatchObject({ code: "OK" });
    expect(answer.messages).toEqual([
      {
        createdCount: 2,
        names: ["users/bulk-1", "users/bulk-3"],
        failures: { "1": { code: 6, message: "users/bulk-1 is there already" } },
      },
    ]);
  });

  it("answers each message in turn", async () => {
    const chat = services.client.open("portico.examples.v1.UserService/ChatWithUsers");
    chat.send({ to: "users/alan", text: "abc" });
    expect(await chat.next()).toEqual({ from: "users/alan", text: "Alan Turing heard 3 characters: cba", turn: 1 });
    chat.send({ to: "users/alan", text: "bye" });
    expect(await chat.next()).toEqual({ from: "users/alan", text: "Goodbye from Alan Turing.", turn: 2 });
    expect((await chat.result()).code).toBe("OK");
  });

  it("ends a talk with nobody", async () => {
    expect(await call("ChatWithUsers", { to: "users/nobody", text: "x" })).toMatchObject({ code: "NOT_FOUND" });
  });
});
