import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SampleServices, startSampleServices } from "../../examples/index.js";
import { documentOf } from "../../src/app/document-of.js";
import { type ConfigInput, resolveConfig } from "../../src/app/index.js";
import { loadRoutes } from "../../src/app/routes/index.js";
import { type OpenApiDocument, toOpenApi30 } from "../../src/openapi/index.js";
import { createRandom } from "../rules/support/random.js";
import { closedPort } from "../support/closed-port.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { projectRoot } from "../support/project-root.js";
import { headerValue, sendRaw } from "../support/raw-http.js";
import { bodyFaults, faultsOf } from "./support/check-reply.js";
import { createGenerator } from "./support/generate-value.js";
import { makeRequest } from "./support/make-request.js";
import { makeValidator, type Validator } from "./support/make-validator.js";
import { asObject, type Operation, operationsOf } from "./support/read-document.js";
import { requestsOf, type SampleCall, sampleCalls } from "./support/sample-calls.js";
import { LARGEST, refusalsOf } from "./support/sample-refusals.js";

const configurations: readonly (readonly [name: string, rounds: number, changes: ConfigInput])[] = [
  ["canonical", 12, {}],
  [
    "nulls and defaults written, 64-bit numbers, Google's errors",
    3,
    { json: { emitDefaults: "all", int64: "number" }, errors: { format: "google" } },
  ],
  [
    "defaults written, proto names, enums as numbers, errors as problems",
    3,
    { json: { emitDefaults: "scalars", protoNames: true, enumsAsNumbers: true }, errors: { format: "problem" } },
  ],
  ["enums without their prefix", 3, { json: { stripEnumPrefix: true } }],
];

interface Stage {
  readonly services: SampleServices;
  readonly gateway: RunningGateway;
  readonly document: OpenApiDocument;
  readonly operations: readonly Operation[];
  /** By the document itself: parts of requests that 3.0 does not describe. */
  readonly inRequests: Validator;
  /** By the document and by that of OpenAPI 3.0. */
  readonly validate: Validator;
  /** The same gateway, whose upstream is not there. */
  readonly away: RunningGateway;
}

describe.each(configurations)("The document is true (%s)", (_name, rounds, changes) => {
  let stage: Stage;

  beforeAll(async () => {
    const services = await startSampleServices();
    const config: ConfigInput = {
      ...changes,
      schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
      upstreams: { examples: { target: services.address, services: ["portico.examples.v1.*"] } },
      admin: { enabled: false },
      server: { limits: { body: LARGEST } },
    };
    const complete = resolveConfig(config, projectRoot);
    const document = documentOf(complete, loadRoutes(complete));
    const operations = operationsOf(document);
    const validators = [makeValidator(document), makeValidator(toOpenApi30(document))];
    stage = {
      services,
      gateway: await startGateway(config),
      away: await startGateway({ ...config, upstreams: { away: { target: `127.0.0.1:${await closedPort()}` } } }),
      document,
      operations,
      inRequests: makeValidator(document),
      validate: (pointer, value) =>
        validators.map((one) => one(pointer, value)).find((fault) => fault !== null) ?? null,
    };
  });

  afterAll(async () => {
    await stage.gateway.close();
    await stage.away.close();
    await stage.services.close();
  });

  it("of what every operation answers where all is well", async () => {
    const faults: string[] = [];
    const called = new Set<string>();
    for (const call of sampleCalls) {
      const operation = operationOf(stage.operations, call);
      for (const request of requestsOf(call, operation)) {
        const reply = await sendRaw(stage.gateway, request);
        const { status = 200 } = call;
        if (status < 400 || reply.status !== status)
          faults.push(...faultsOf(operation, request, reply, stage.validate));
        if (!(String(reply.status) in asObject(operation.members["responses"]))) faults.push(`${call.id}: not told`);
        if (reply.status !== status) faults.push(`${call.id}: ${reply.status} ${reply.body}`);
      }
      called.add(call.id);
    }
    expect(faults).toEqual([]);
    expect(stage.operations.filter(({ id }) => !called.has(id))).toEqual([]);
  });

  it("of every reply and error to whatever it allows, and the gateway refuses none of it", async () => {
    const { document, operations, gateway, validate, inRequests } = stage;
    const random = createRandom(20);
    const generate = createGenerator(document, random);
    const faults: string[] = [];
    for (const operation of operations.filter((one) => !isStream(one))) {
      for (let round = 0; round < rounds; round++) {
        const chance = [0, 15, 40][round % 3] ?? 0;
        const request = makeRequest(document, operation, generate, inRequests, chance, () => random.below(100));
        faults.push(...faultsOf(operation, request, await sendRaw(gateway, request), validate));
      }
    }
    expect(faults).toEqual([]);
    expect(gateway.failures).toEqual([]);
    // Hundreds of schemas are compiled for two dialects; on a machine with much else to do that takes its time.
  }, 60_000);

  it("of every refusal by the gateway: its status is told, and its body, whatever the client accepts", async () => {
    const faults: string[] = [];
    const seen = new Map<number, number>();
    for (const operation of stage.operations) {
      for (const { name, status, request, gateway } of refusalsOf(operation, stage)) {
        for (const accept of ["application/json", "application/problem+json"]) {
          const asked = { ...request, headers: { ...request.headers, accept } };
          const reply = await sendRaw(gateway, asked);
          faults.push(...bodyFaults(operation, asked, reply, stage.validate));
          const type = headerValue(reply.headers, "content-type") ?? "";
          if (reply.status !== status) faults.push(`${operation.id}: ${name} is ${reply.status} ${reply.body}`);
          if (!(status in asObject(operation.members["responses"])))
            faults.push(`${operation.id}: ${status} is not told`);
          if (accept === "application/problem+json" && !type.startsWith(accept))
            faults.push(`${operation.id}: ${type}`);
          seen.set(status, (seen.get(status) ?? 0) + 1);
        }
      }
    }
    expect(faults).toEqual([]);
    const all = stage.operations.length * 2;
    expect([seen.get(400), seen.get(503), seen.get(504)]).toEqual([all * 2, all, 2]);
    expect(Math.min(seen.get(413) ?? 0, seen.get(415) ?? 0)).toBeGreaterThan(15);
  });

  it("of an error in the middle of a stream", async () => {
    const operation = operationOf(stage.operations, { id: "UserService_WatchUsers", target: "" });
    const faults: string[] = [];
    for (const accept of ["application/json", "application/x-ndjson"]) {
      const headers = { accept, "x-server-timeout": "0.5" };
      const request = { method: "GET", path: "/v1/users:watch", headers };
      const reply = await sendRaw(stage.gateway, request);
      expect([reply.status, reply.body.toString()]).toEqual([200, expect.stringMatching(/"user".*\n?.*"error":/s)]);
      faults.push(...bodyFaults(operation, request, reply, stage.validate));
    }
    expect(faults).toEqual([]);
  });

  it("and a lie about one member is seen", async () => {
    const told = JSON.stringify(stage.document).replaceAll(
      '"format":"date-time"',
      '"format":"date-time","maxLength":3',
    );
    const validate = makeValidator(JSON.parse(told));
    const operation = operationOf(stage.operations, { id: "EchoService_Echo_2", target: "" });
    const request = { method: "GET", path: "/v1/echo?timestamp=2024-05-06T07:08:09Z" };
    const faults = faultsOf(operation, request, await sendRaw(stage.gateway, request), validate);
    expect(faults.join("\n")).toMatch(/^EchoService_Echo_2: \/timestamp must NOT have more than 3 characters[^\n]*$/);
  });

  it("of every example: the gateway takes it", async () => {
    const faults: string[] = [];
    let examples = 0;
    for (const operation of stage.operations) {
      const content = asObject(asObject(operation.members["requestBody"])["content"]);
      const { example } = asObject(content["application/json"]);
      if (example === undefined) continue;
      examples++;
      const path = operation.path.replaceAll(/\{[^}]*\}/g, "ada");
      const headers = { "content-type": "application/json" };
      const request = { method: operation.httpMethod, path, headers, body: JSON.stringify(example) };
      faults.push(...faultsOf(operation, request, await sendRaw(stage.gateway, request), stage.validate));
    }
    expect(faults).toEqual([]);
    expect(examples).toBeGreaterThan(10);
  });
});

/** Streams are called by the table: what random requests ask of them may never end. */
function isStream({ id }: Operation): boolean {
  return /_(Watch|Stream|Join|Report|Monitor$|BulkCreate|ChatWith|Upload(File|Chunks)|Download)/.test(id);
}

function operationOf(operations: readonly Operation[], { id }: SampleCall): Operation {
  const found = operations.find((operation) => operation.id === id);
  if (found === undefined) throw new Error(`the document has no operation ${id}`);
  return found;
}
