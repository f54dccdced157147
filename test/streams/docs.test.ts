import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSampleServices } from "../../examples/index.js";
import { readConsoles } from "../docs/read-console.js";
import { type RunningGateway, startGateway } from "../support/gateway.js";
import { projectRoot } from "../support/project-root.js";

const consoles = readConsoles(readFileSync(join(projectRoot, "docs/streams.md"), "utf8"));

function hasCurl(): boolean {
  try {
    return execFileSync("curl", ["--version"]).length > 0;
  } catch {
    // Not there: the title of the skipped suite says so.
    return false;
  }
}

/** A command that goes on over lines marked as a shell marks them, and what it prints. */
function wholeCommand({ command, output }: { readonly command: string; readonly output: string }): [string, string] {
  const lines = output.split("\n");
  const more = lines.findIndex((line) => !line.startsWith("> "));
  const rest = more < 0 ? lines : lines.slice(0, more);
  return [[command, ...rest.map((line) => line.slice(2))].join("\n"), (more < 0 ? [] : lines.slice(more)).join("\n")];
}

describe.skipIf(!hasCurl())("The lines of docs/streams.md print what it says (needs curl)", () => {
  let services: Awaited<ReturnType<typeof startSampleServices>>;
  let gateway: RunningGateway;

  beforeAll(async () => {
    services = await startSampleServices({ now: () => new Date("2026-01-02T03:04:05Z") });
    gateway = await startGateway({
      schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
      upstreams: { examples: { target: services.address } },
      openapi: { enabled: false },
      admin: { enabled: false },
      downloads: { methods: { "portico.examples.v1.UploadService.GetFileContent": { fileName: "info.name" } } },
      streams: {
        methods: {
          "portico.examples.v1.OrderService.WatchOrder": { event: "order.state", id: "order.etag" },
          "portico.examples.v1.UploadService.UploadChunks": {
            fileName: "header.name",
            contentType: "header.content_type",
          },
        },
      },
    });
  });

  afterAll(async () => {
    await gateway.close();
    await services.close();
  });

  it("are there, of every kind", () => {
    expect(consoles.length).toBeGreaterThanOrEqual(14);
  });

  for (const [command, output] of consoles.map(wholeCommand)) {
    it(command, async () => {
      const line = command.replaceAll("http://127.0.0.1:8080", `http://${gateway.host}:${gateway.port}`);
      const { stdout } = await promisify(execFile)("sh", ["-c", line]);
      expect(stdout.trimEnd()).toBe(output);
    });
  }
});
