import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { complaintsOf, keepPicture } from "./use-browser.js";
import { useGateway } from "./use-gateway.js";

const stage = useGateway();
const hidden = useGateway(() => ({ openapi: { port: "admin" } }));

/** The answer on the page to an operation, once it is there. */
async function execute(
  page: Page,
  operationId: string,
  fill: (operation: ReturnType<Page["locator"]>) => Promise<void>,
) {
  const operation = page.locator(`[id$="-${operationId}"]`);
  await fill(operation);
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = operation.locator(".live-responses-table");
  await answer.waitFor();
  return answer;
}

const status = async (answer: ReturnType<Page["locator"]>): Promise<string> =>
  (await answer.locator("tbody .response-col_status").first().innerText()).split("\n")[0] ?? "";

describe("What people do on the docs page", () => {
  it("they say who they are, and are answered as such", async () => {
    const { page, complaints } = await stage().open("/docs/#/UserService/UserService_GetCurrentUser");
    await page.locator(".auth-wrapper .authorize").first().click();
    const dialog = page.locator(".modal-ux");
    await dialog.locator("input").fill("token-of-ada");
    await dialog.getByRole("button", { name: "Apply credentials" }).click();
    await keepPicture(page, "docs-authorized");
    await dialog.getByRole("button", { name: "Close" }).last().click();
    const answer = await execute(page, "UserService_GetCurrentUser", async () => undefined);
    await answer.getByText("Ada Lovelace").first().waitFor();
    expect(await status(answer)).toBe("200");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("they choose a service, and see its operations alone", async () => {
    const { page, complaints } = await stage().open("/docs/");
    await page.locator(".opblock").first().waitFor();
    expect(await page.title()).toBe("portico.examples.v1");
    const options = await page.locator("#select option").allInnerTexts();
    expect(options.slice(0, 3)).toEqual([
      "All services",
      "portico.examples.v1.ChatService",
      "portico.examples.v1.EchoService",
    ]);
    await page.locator("#select").selectOption({ label: "portico.examples.v1.ChatService" });
    await expect.poll(() => page.locator(".opblock").count()).toBe(4);
    expect(await page.locator(".opblock-tag").allInnerTexts()).toHaveLength(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("they read why a request was refused", async () => {
    const { page, complaints } = await stage().open("/docs/#/UserService/UserService_GetUser");
    const answer = await execute(page, "UserService_GetUser", (operation) =>
      operation.locator("input[type=text]").first().fill("nobody"),
    );
    await answer.getByText("users/nobody is not there").first().waitFor();
    expect(await status(answer)).toBe("404");
    await keepPicture(page, "docs-refused");
    expect(complaints).toEqual(["Failed to load resource: the server responded with a status of 404 (Not Found)"]);
    await page.close();
  });

  it("they send a body, and lists and maps in the query", async () => {
    const { page } = await stage().open("/docs/#/UserService/UserService_ListUsers");
    const answer = await execute(page, "UserService_ListUsers", async (operation) => {
      const labels = operation.locator('[data-param-name="where.labels"] textarea');
      await labels.fill('{ "team": "engine" }');
    });
    await answer.getByText("users/barbara").first().waitFor();
    expect(await page.locator(".request-url").innerText()).toContain("where.labels%5Bteam%5D=engine");
    await page.close();
  });

  it("they download the document", async () => {
    const { page } = await stage().open("/docs/");
    const link = page.locator(".info a").first();
    await link.waitFor();
    expect(await link.getAttribute("href")).toBe("/openapi.json");
    await page.close();
  });

  it.each([
    ["dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" as const }],
    ["phone", { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true }],
  ])("they read it %s", async (name, options) => {
    const { page, complaints } = await stage().open("/docs/#/UserService/UserService_GetUser", options);
    await page.locator("#operations-UserService-UserService_GetUser.is-open").waitFor();
    await keepPicture(page, `docs-${name}`);
    await page.evaluate(() => window.scrollTo(0, 0));
    await keepPicture(page, `docs-${name}-top`);
    const { wide, wider } = await page.evaluate(() => ({
      wide: document.documentElement.clientWidth,
      wider: document.documentElement.scrollWidth,
    }));
    expect({ wide, wider }).toEqual({ wide: options.viewport.width, wider: options.viewport.width });
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe("The docs page on the admin port", () => {
  it("tries operations from where it is; the public port knows nothing of it", async () => {
    const { adminListener } = hidden().gateway;
    if (adminListener === null) throw new Error("the admin port has nothing of the gateway");
    const server = createServer(adminListener).listen(0, "127.0.0.1");
    await new Promise((listening) => server.once("listening", listening));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { page } = await hidden().open("/docs/");
    expect(await page.locator("body").innerText()).toContain("GW_PATH_NOT_FOUND");
    const complaints = complaintsOf(page);
    await page.goto(`${origin}/docs/#/UserService/UserService_GetUser`);
    const answer = await execute(page, "UserService_GetUser", (operation) =>
      operation.locator("input[type=text]").first().fill("ada"),
    );
    await answer.getByText("Ada Lovelace").first().waitFor();
    expect(await page.locator(".request-url").innerText()).toContain(`${origin}/v1/users/ada`);
    expect(complaints).toEqual([]);
    await page.close();
    server.closeAllConnections();
    server.close();
  });
});
