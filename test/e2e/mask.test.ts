import { describe, expect, it } from "vitest";
import { useStage } from "./support/use-stage.js";

const stage = useStage();
const patch = "portico.e2e.v1.Masks/Patch";

describe("the FieldMask of a PATCH", () => {
  it.each<[request: string, body: string | undefined, message: unknown]>([
    // What the body mentions, in proto names, sorted; the oracle prints a mask in JSON names.
    ["PATCH /m/a", '{"stringValue":"b"}', { name: "a", item: { stringValue: "b" }, updateMask: "stringValue" }],
    [
      "PATCH /m/a",
      '{"string_value":"b","int32Value":0}',
      {
        name: "a",
        item: { stringValue: "b" },
        updateMask: "int32Value,stringValue",
      },
    ],
    ["PATCH /m/a", '{"calledOtherwise":"b"}', { name: "a", item: { calledOtherwise: "b" }, updateMask: "renamed" }],
    [
      "PATCH /m/a",
      '{"note":{"reply":{"text":"b"},"weight":1}}',
      {
        name: "a",
        item: { note: { reply: { text: "b" }, weight: 1 } },
        updateMask: "note.reply.text,note.weight",
      },
    ],
    [
      "PATCH /m/a",
      '{"note":{},"repeatedNote":[{"text":"b"}],"stringToString":{"k":"v"},"timestamp":null}',
      {
        name: "a",
        item: { note: {}, repeatedNote: [{ text: "b" }], stringToString: { k: "v" } },
        updateMask: "note,repeatedNote,stringToString,timestamp",
      },
    ],
    ["PATCH /m/a", "{}", { name: "a", item: {}, updateMask: "" }],
    ["PATCH /m/a", undefined, { name: "a" }],
    // The client's own mask wins, by either name and however it is written.
    [
      "PATCH /m/a?update_mask=note.text",
      '{"int32Value":1}',
      {
        name: "a",
        item: { int32Value: 1 },
        updateMask: "note.text",
      },
    ],
    [
      "PATCH /m/a?updateMask=noteX,int32Value",
      '{"int32Value":1}',
      {
        name: "a",
        item: { int32Value: 1 },
        updateMask: "noteX,int32Value",
      },
    ],
    [
      "PATCH /m/a?update_mask.paths=note&update_mask.paths=color",
      '{"int32Value":1}',
      {
        name: "a",
        item: { int32Value: 1 },
        updateMask: "note,color",
      },
    ],
    ["PATCH /m/a?update_mask=", '{"int32Value":1}', { name: "a", item: { int32Value: 1 }, updateMask: "int32Value" }],
    [
      "PATCH /m/a?reason=r",
      '{"int32Value":1}',
      {
        name: "a",
        reason: "r",
        item: { int32Value: 1 },
        updateMask: "int32Value",
      },
    ],
    // PUT replaces all; body "*" has a mask of its own.
    ["PUT /m/a", '{"int32Value":1}', { name: "a", item: { int32Value: 1 } }],
    ["PATCH /m/whole/a", '{"item":{"int32Value":1}}', { name: "a", item: { int32Value: 1 } }],
  ])("%s %s", async (request, body, message) => {
    const [method = "", path = ""] = request.split(" ");
    expect((await stage.ask({ method, path, ...(body === undefined ? {} : { body }) })).status).toBe(200);
    expect(stage.saw()).toEqual([{ method: patch, message }]);
  });

  it("is not inferred where two fields could be meant", async () => {
    await stage.ask({ method: "PATCH", path: "/m/two", body: '{"int32Value":1}' });
    expect(stage.saw()).toEqual([{ method: "portico.e2e.v1.Masks/PatchTwice", message: { item: { int32Value: 1 } } }]);
  });
});
