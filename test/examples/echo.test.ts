import { describe, expect, it } from "vitest";
import { useSampleServices } from "../support/use-sample-services.js";

const services = useSampleServices();
const call = (method: string, request: unknown, settings = {}) =>
  services.client.call(`portico.examples.v1.EchoService/${method}`, [request], settings);

/** One of everything that other echoes get wrong. */
const kinds = {
  doubleValue: "-Infinity",
  floatValue: "NaN",
  int64Value: "-9223372036854775808",
  uint64Value: "18446744073709551615",
  bytesValue: "AP+A",
  color: "ULTRAVIOLET",
  repeatedColor: ["BLUE", 7],
  unpackedInt32: [1, -1],
  boolToString: { false: "no", true: "yes" },
  int64ToString: { "9007199254740993": "odd" },
  stringToString: JSON.parse('{"__proto__": "a", "constructor": "b"}') as object,
  choiceNull: null,
  optionalInt32: 0,
  optionalString: "",
  timestamp: "9999-12-31T23:59:59.999999999Z",
  duration: "-0.000000001s",
  fieldMask: "a.b,cD",
  struct: { a: [null, { b: 1 }] },
  value: null,
  any: { "@type": "type.googleapis.com/portico.examples.v1.Note", text: "in an Any" },
  wrappedInt64: "0",
  calledOtherwise: "x",
};

describe("echo", () => {
  it("answers with the message that it was sent, every kind of field", async () => {
    expect(await call("Echo", kinds)).toMatchObject({ code: "OK", messages: [kinds] });
  });

  it("knows how a call looked when it arrived", async () => {
    const metadata = { tenant: "blue", "tenant-bin": Buffer.from([0, 255]) };
    const { messages, header, trailer } = await call("DescribeCall", {}, { metadata, timeout: 5000 });
    const [described] = messages as { metadata: object[]; timeLeft: string }[];
    expect(described?.metadata).toEqual(
      expect.arrayContaining([
        { key: "tenant", text: "blue" },
        { key: "tenant-bin", binary: "AP8=" },
      ]),
    );
    const seconds = Number.parseFloat(described?.timeLeft ?? "");
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(5);
    expect(header).toMatchObject({ "x-served-by": "portico-samples" });
    expect(trailer).toMatchObject({ "x-cost": "1" });
    expect((await call("DescribeCall", {})).messages[0]).not.toHaveProperty("timeLeft");
  });

  it.each([
    ["CANCELLED", 1],
    ["UNKNOWN", 2],
    ["INVALID_ARGUMENT", 3],
    ["DEADLINE_EXCEEDED", 4],
    ["NOT_FOUND", 5],
    ["ALREADY_EXISTS", 6],
    ["PERMISSION_DENIED", 7],
    ["RESOURCE_EXHAUSTED", 8],
    ["FAILED_PRECONDITION", 9],
    ["ABORTED", 10],
    ["OUT_OF_RANGE", 11],
    ["UNIMPLEMENTED", 12],
    ["INTERNAL", 13],
    ["UNAVAILABLE", 14],
    ["DATA_LOSS", 15],
    ["UNAUTHENTICATED", 16],
  ])("fails with %s as asked", async (name, code) => {
    expect(await call("Fail", { code, message: "as asked" })).toMatchObject({
      code: name,
      message: "as asked",
      details: [],
    });
  });

  it("fails with the details that are asked for, and not at all with OK", async () => {
    const request = { code: "UNAVAILABLE", message: "é", retryDelay: "1.5s", fields: ["a.b"], reason: "WHY" };
    expect(await call("Fail", request)).toMatchObject({
      code: "UNAVAILABLE",
      message: "é",
      details: [
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.500s" },
        {
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          fieldViolations: [{ field: "a.b", description: "asked for" }],
        },
        { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "WHY", domain: "examples.portico.dev" },
      ],
    });
    expect((await call("Fail", {})).code).toBe("OK");
  });

  it("waits, until the caller's time is over", async () => {
    expect((await call("Wait", { time: "0.001s" })).code).toBe("OK");
    expect((await call("Wait", { time: "60s" }, { timeout: 100 })).code).toBe("DEADLINE_EXCEEDED");
    expect((await call("Wait", { time: "61s" })).code).toBe("INVALID_ARGUMENT");
  });
});
