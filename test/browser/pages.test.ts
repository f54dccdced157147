import { describe, expect, it } from "vitest";
import { keepPicture } from "./use-browser.js";
import { useGateway } from "./use-gateway.js";

const stage = useGateway();

describe("The docs page in a real browser", () => {
  it("shows every operation of the document, without a complaint and without leaving this server", async () => {
    const { page, complaints, foreign } = await stage().open("/docs/");
    await page.waitForSelector(".opblock");
    const document = (await (await fetch(`${stage().address}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
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
    const { page, complaints } = await stage().open("/docs/");
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
    const { page } = await stage().open("/docs/#/UploadService/UploadService_GetFile");
    const operation = page.locator("#operations-UploadService-UploadService_GetFile");
    await operation.locator("input[type=text]").first().fill("docs/readme.md");
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.locator(".live-responses-table").getByText("Bytes in, bytes out.").first().waitFor();
    await page.close();
  });

  it("shows the first messages of a stream that has no end, and goes on", async () => {
    const { page, complaints } = await stage().open("/docs/#/UserService/UserService_WatchUsers");
    const operation = page.locator("#operations-UserService-UserService_WatchUsers");
    await operation.getByRole("button", { name: "Execute" }).click();
    const answer = operation.locator(".live-responses-table");
    await answer.getByText("Barbara Liskov").first().waitFor({ timeout: 15_000 });
    expect(await answer.locator("tbody .response-col_status").first().innerText()).toMatch(/^200/);
    await keepPicture(page, "docs-stream");
    // The page has ended the request; that is no fault.
    expect(complaints.map((text) => text.replace(stage().address, ""))).toEqual(["/v1/users:watch: net::ERR_ABORTED"]);
    await page.close();
  });

  it("takes the example of a body as it is", async () => {
    const { page } = await stage().open("/docs/#/EchoService/EchoService_Echo");
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
    const { page } = await stage().open("/openapi.json");
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
