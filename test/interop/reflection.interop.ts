import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ConfigInput, createGateway, resolveConfig } from "../../src/app/index.js";
import { finish } from "../../src/core/index.js";
import {
  askReflection,
  describeSchema,
  firstDifference,
  linkReflections,
  loadSchema,
  type Reflection,
  readSources,
} from "../../src/schema/index.js";
import { buildDescriptors } from "../support/build-descriptors.js";
import { projectRoot } from "../support/project-root.js";
import { transports, upstreamTo } from "../upstream/support/client.js";
import { type ForeignServer, servers, startServer } from "./support/start-server.js";

/** Implementations of server reflection that no one here wrote. */
const whole = servers.filter((name) => name === "go" || name === "python");
const reflectedSet = join(projectRoot, ".tmp/interop/samples.binpb");

beforeAll(() => {
  mkdirSync(dirname(reflectedSet), { recursive: true });
  writeFileSync(reflectedSet, buildDescriptors([{ root: "proto", paths: ["portico"] }]));
});

describe.each(transports)("the reflection of other makes over %s", (transport) => {
  const running: ForeignServer[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.kill()));
  });

  async function start(server: string): Promise<ForeignServer> {
    const one = await startServer(server, { reflectedSet });
    running.push(one);
    return one;
  }

  async function ask(target: string): Promise<Reflection> {
    const upstream = await upstreamTo(target, transport);
    try {
      return await askReflection("samples", upstream, { timeout: 10_000 });
    } finally {
      await upstream.close(0);
    }
  }

  it.each(whole)("tells the Schema that the .proto files have: %s", async (server) => {
    const reflection = await ask((await start(server)).target);
    expect({ undescribed: reflection.undescribed, missing: [...reflection.missing] }).toEqual({
      undescribed: [],
      missing: [],
    });
    const told = describeSchema(loadSchema([{ kind: "reflections", reflections: [reflection] }]), "definition");
    const protos = { roots: ["proto"], files: ["proto/portico/**/*.proto"], directory: projectRoot };
    const written = describeSchema(loadSchema([{ kind: "protos", ...protos }]), "definition");
    // Of google/protobuf the server has a release of its own.
    const own = [...written.keys()].filter((name) => !name.startsWith("google/protobuf/"));
    expect(own.length).toBeGreaterThan(8);
    for (const name of own) {
      expect([name, firstDifference(told.get(name) ?? null, written.get(name) ?? null)]).toEqual([name, null]);
    }
  });

  it.each(whole)("tells the same again, and a gateway its routes: %s", async (server) => {
    const { target } = await start(server);
    expect((await ask(target)).digest).toBe((await ask(target)).digest);
    const config: ConfigInput = {
      server: { port: 0 },
      schema: { reflection: ["samples"] },
      upstreams: { samples: { target, transport } },
    };
    const gateway = await createGateway(resolveConfig(config), { access: null, failure: () => undefined });
    const url = await gateway.listen();
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toContain("/v1/users/{user}");
    // The server has no such method, and so says what a gRPC server says.
    expect((await fetch(`${url}/v1/users/ada`)).status).toBe(501);
    await gateway.close(0);
  });

  it("is refused where it is that of @grpc/reflection, which has lost the imports, with the reason first", async () => {
    const reflection = await ask((await start("grpc-js")).target);
    expect(reflection.services).toHaveLength(6);
    expect(() => finish(linkReflections(readSources([]), [reflection]))).toThrow(
      /^upstream samples: its files have lost their imports, as those of @grpc\/reflection for Node have: give the gateway the \.proto files instead\n/,
    );
  });
});
