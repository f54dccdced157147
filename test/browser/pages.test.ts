import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSampleServices } from "../../examples/index.js";
import { createGateway, createLog, type Gateway, resolveConfig } from "../../src/app/index.js";
import { projectRoot } from "../support/project-root.js";
import { complaintsOf, keepPicture, launchBrowser } from "./use-browser.js";

let services: Awaited<ReturnType<typeof startSampleServices>>;
let gateway: Gateway;
let address: string;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  services = await startSampleServices({ port: 0 });
  const config = resolveConfig(
    {
      server: { port: 0 },
      schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
      upstreams: { examples: { target: services.address } },
      log: { level: "silent" },
    },
    projectRoot,
  );
  gateway = await createGateway(config, createLog(config.log, process.stderr));
  address = await gateway.listen();
});

afterAll(async () => {
  await browser?.close();
  await gateway?.close(1_000);
  await services?.close();
});

async function openPage(path: string): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const complaints = complaintsOf(page);
  await page.goto(address + path);
  return { page, complaints };
}

describe("The docs page in a real browser", () => {
  it("shows every operation of the document, without a complaint and without leaving this server", async () => {
    const { page, complaints } = await openPage("/docs/");
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(address) && !request.url().startsWith("data:")) foreign.push(request.url());
    });
    await page.waitForSelector(".opblock");
    const document = (await (await fetch(`${address}/openapi.json`)).json()) as { paths: Record<string, object> };
    const operations = Object.values(document.paths).flatMap((item) =>
      Object.keys(item).filter((key) => ["get", "put", "post", "patch", "delete", "head", "options"].includes(key)),
    );
    expect(await page.locator(".opblock").count()).toBe(operations.length);
    const picture = await keepPicture(page, "docs");
    expect(picture.length).toBeGreaterThan(20_000);
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
    await page.close();
  });

  it("lets GetUser be tried: the answer of the service is on the page", async () => {
    const { page, complaints } = await openPage("/docs/");
    const path = page.locator('[data-path="/v1/users/{user}"]');
    const operation = page.locator(".opblock-get").filter({ has: path });
    await operation.locator(".opblock-summary-control").click();
    await operation.locator("input[type=text]").first().fill("ada");
    await operation.getByRole("button", { name: "Execute" }).click();
    const answer = operation.locator(".live-responses-table");
    await answer.waitFor();
    await answer.getByText("Ada Lovelace").first().waitFor();
    expect(await answer.locator("tbody .response-col_status").first().innerText()).toMatch(/^200/);
    await keepPicture(page, "docs-tried");
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe("Operations of the docs page that are not like others", () => {
  it("lets a file be read whose name has slashes", async () => {
    const { page } = await openPage("/docs/#/UploadService/UploadService_GetFile");
    const operation = page.locator("#operations-UploadService-UploadService_GetFile");
    await operation.locator("input[type=text]").first().fill("docs/readme.md");
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.locator(".live-responses-table").getByText("Bytes in, bytes out.").first().waitFor();
    await page.close();
  });

  it("shows the first messages of a stream that has no end, and goes on", async () => {
    const { page, complaints } = await openPage("/docs/#/UserService/UserService_WatchUsers");
    const operation = page.locator("#operations-UserService-UserService_WatchUsers");
    await operation.getByRole("button", { name: "Execute" }).click();
    const answer = operation.locator(".live-responses-table");
    await answer.getByText("Barbara Liskov").first().waitFor({ timeout: 15_000 });
    expect(await answer.locator("tbody .response-col_status").first().innerText()).toMatch(/^200/);
    await keepPicture(page, "docs-stream");
    // The page has ended the request; that is no fault.
    expect(complaints.map((text) => text.replace(address, ""))).toEqual(["/v1/users:watch: net::ERR_ABORTED"]);
    await page.close();
  });

  it("takes the example of a body as it is", async () => {
    const { page } = await openPage("/docs/#/EchoService/EchoService_Echo");
    const operation = page.locator("#operations-EchoService-EchoService_Echo");
    await operation.getByRole("button", { name: "Execute" }).click();
    const answer = operation.locator(".live-responses-table");
    await answer.waitFor();
    expect(await answer.locator("tbody .response-col_status").first().innerText()).toMatch(/^200/);
    await page.close();
  });
});

describe("A stream in a real browser", () => {
  it("reaches EventSource message by message, with its events in order", async () => {
    const { page } = await openPage("/openapi.json");
    const events = await page.evaluate(
      (url) =>
        new Promise<string[]>((resolve, reject) => {
          const names: string[] = [];
          const source = new EventSource(url);
          source.onmessage = (event) => {
            names.push(JSON.parse(event.data).user.name);
            if (names.length < 3) return;
            source.close();
            resolve(names);
          };
          source.onerror = () => reject(new Error("the stream broke off"));
        }),
      "/v1/users:watch?count=5",
    );
    expect(events).toEqual(["users/ada", "users/alan", "users/barbara"]);
    await page.close();
  });
});
