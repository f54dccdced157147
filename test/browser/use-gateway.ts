import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type SampleServices, type SampleServicesOptions, startSampleServices } from "../../examples/index.js";
import { type ConfigInput, createGateway, createLog, type Gateway, resolveConfig } from "../../src/app/index.js";
import { projectRoot } from "../support/project-root.js";
import { complaintsOf, launchBrowser } from "./use-browser.js";

export interface OpenPage {
  readonly page: Page;
  /** What the page complains of; see complaintsOf. */
  readonly complaints: readonly string[];
  /** URLs of other servers that the page has asked for. */
  readonly foreign: readonly string[];
}

/** A gateway in front of the sample services, and a browser. */
export interface Stage {
  readonly gateway: Gateway;
  readonly address: string;
  open(path: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

/**
 * Starts the stage before all tests of a file and ends it after them. `changes` gets the address of the sample services;
 * `samples` is how those are started.
 */
export function useGateway(
  changes: (services: string) => ConfigInput = () => ({}),
  samples: SampleServicesOptions = {},
): () => Stage {
  let services: SampleServices;
  let browser: Browser;
  let stage: Stage;
  beforeAll(async () => {
    browser = await launchBrowser();
    services = await startSampleServices({ port: 0, ...samples });
    const config = resolveConfig(
      {
        server: { port: 0 },
        schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
        upstreams: { examples: { target: services.address } },
        log: { level: "silent" },
        ...changes(services.address),
      },
      projectRoot,
    );
    const gateway = await createGateway(config, createLog(config.log, process.stderr));
    const address = await gateway.listen();
    stage = {
      gateway,
      address,
      async open(path, options = { viewport: { width: 1280, height: 900 } }) {
        const page = await browser.newPage(options);
        const complaints = complaintsOf(page);
        const foreign: string[] = [];
        page.on("request", (request) => {
          if (!request.url().startsWith(`${address}/`) && !request.url().startsWith("data:")) {
            foreign.push(request.url());
          }
        });
        await page.goto(address + path);
        return { page, complaints, foreign };
      },
    };
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.gateway.close(1_000);
    await services?.close();
  });
  return () => stage;
}
