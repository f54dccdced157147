import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type SampleServices, startSampleServices } from "../../examples/index.js";
import { documentOf } from "../../src/app/document-of.js";
import { type ConfigInput, resolveConfig } from "../../src/app/index.js";
import { loadRoutes } from "../../src/app/routes/index.js";
import type { OpenApiDocument } from "../../src/openapi/index.js";
import { createRandom } from "../rules/support/random.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { projectRoot } from "../support/project-root.js";
import { sendRaw } from "../support/raw-http.js";
import { faultsOf } from "./support/check-reply.js";
import { createGenerator } from "./support/generate-value.js";
import { makeRequest } from "./support/make-request.js";
import { makeValidator, type Validator } from "./support/make-validator.js";
import { asObject, type Operation, operationsOf } from "./support/read-document.js";
import { requestsOf, type SampleCall, sampleCalls } from "./support/sample-calls.js";

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
  readonly validate: Validator;
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
    };
    const complete = resolveConfig(config, projectRoot);
    const document = documentOf(complete, loadRoutes(complete));
    const operations = operationsOf(document);
    stage = { services, gateway: await startGateway(config), document, operations, validate: makeValidator(document) };
  });

  afterAll(async () => {
    await stage.gateway.close();
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
    const { document, operations, gateway, validate } = stage;
    const random = createRandom(20);
    const generate = createGenerator(document, random);
    const faults: string[] = [];
    for (const operation of operations.filter((one) => !isStream(one))) {
      for (let round = 0; round < rounds; round++) {
        const chance = [0, 15, 40][round % 3] ?? 0;
        const request = makeRequest(document, operation, generate, validate, chance, () => random.below(100));
        faults.push(...faultsOf(operation, request, await sendRaw(gateway, request), validate));
      }
    }
    expect(faults).toEqual([]);
    expect(gateway.failures).toEqual([]);
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
