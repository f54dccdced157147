import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { type Child, startNode } from "./child.js";
import { compileProgram } from "./compile-program.js";
import { type HeldUpstream, startHeldUpstream } from "./held-upstream.js";

const proto = `syntax = "proto3";
package held.v1;
import "google/api/annotations.proto";
service Held {
  rpc Get(Thing) returns (Thing) { option (google.api.http) = { get: "/v1/thing" }; }
}
message Thing { string name = 1; }
`;

/** `portico serve` under test, which listens. */
export interface ServingChild {
  readonly child: Child;
  readonly address: string;
  readonly admin: string;
}

/** The command line in processes of its own. What a test starts is gone after it. */
export interface TestProgram {
  /** Where configurations are written, and temporary files of `serve`. */
  readonly folder: string;
  /** Does something after the test, what came last first. */
  after(close: () => unknown): void;
  start(args: readonly string[], environment?: Readonly<Record<string, string>>): Child;
  /** `portico serve` with the configuration `<name>.yaml` of this text. */
  serve(name: string, text: string): Child;
  /** The same for /v1/thing in front of a held upstream, once it listens; `server` and `more` are more of the configuration. */
  serveHeld(upstreamPort: number, server?: string, more?: string): Promise<ServingChild>;
  /** What answers /v1/thing when it is told to. */
  holdUpstream(port?: number): Promise<HeldUpstream>;
  /** GET on a connection of its own, which is kept to the end of the test; the response once it is whole. */
  request(url: string): Promise<IncomingMessage>;
}

/** Compiles the program once for the tests of a file. */
export function useProgram(): TestProgram {
  const folder = mkdtempSync(join(tmpdir(), "portico-program-"));
  const program = compileProgram();
  const closers: (() => unknown)[] = [];
  let served = 0;
  writeFileSync(join(folder, "held.proto"), proto);
  afterAll(() => {
    rmSync(folder, { recursive: true });
    program.remove();
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  const made: TestProgram = {
    folder,
    after: (close) => void closers.push(close),
    start(args, environment = {}) {
      const child = startNode([program.bin, ...args], environment);
      closers.push(async () => {
        child.process.kill("SIGKILL");
        await child.exit;
      });
      return child;
    },
    serve(name, text) {
      const config = join(folder, `${name}.yaml`);
      writeFileSync(config, text);
      return made.start(["serve", "-c", config], { TMPDIR: folder });
    },
    async serveHeld(upstreamPort, server = "", more = "") {
      const child = made.serve(
        `held-${++served}`,
        `server: { port: 0, ${server} }
schema: { protos: { roots: [.], files: [held.proto] } }
upstreams: { held: { target: "127.0.0.1:${upstreamPort}" } }
admin: { port: 0 }
${more}`,
      );
      const [line] = await child.sees(/^.*"msg":"listening on .*$/m);
      const { address, admin } = JSON.parse(line);
      return { child, address, admin };
    },
    async holdUpstream(port = 0) {
      const upstream = await startHeldUpstream("/held.v1.Held/Get", port);
      closers.push(upstream.close);
      return upstream;
    },
    request(url) {
      const agent = new Agent({ keepAlive: true });
      closers.push(() => agent.destroy());
      return new Promise((resolve, reject) => {
        get(url, { agent }, (response) => {
          response.resume();
          response.on("end", () => resolve(response));
          response.on("error", reject);
        }).on("error", reject);
      });
    },
  };
  return made;
}
