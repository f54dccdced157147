import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSampleServices } from "../../examples/index.js";
import { createGateway, createLog, type Gateway, resolveConfig } from "../../src/app/index.js";
import { projectRoot } from "../support/project-root.js";
import { keepPicture, launchBrowser } from "./use-browser.js";

let services: Awaited<ReturnType<typeof startSampleServices>>;
let gateway: Gateway;
let address: string;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  services = await startSampleServices({ port: 0, now: () => new Date("2026-01-02T03:04:05Z") });
  const config = resolveConfig(
    {
      server: { port: 0 },
      schema: { protos: { roots: ["proto"], files: ["proto/**/*.proto"] } },
      upstreams: { examples: { target: services.address } },
      streams: {
        methods: { "portico.examples.v1.OrderService.WatchOrder": { event: "order.state", id: "order.etag" } },
      },
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

/** A page of the gateway's own origin. */
async function ownPage(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 640, height: 360 } });
  await page.goto(`${address}/openapi.json`);
  return page;
}

/** Joins the room "hall" in a page that shows what is said there, as a person's own page would. */
async function joinHall(page: Page, author: string): Promise<void> {
  await page.evaluate(
    (name) =>
      new Promise<void>((resolve, reject) => {
        const said = document.createElement("ul");
        const title = document.createElement("h1");
        title.textContent = `hall, as ${name}`;
        document.body.replaceChildren(title, said);
        const show = (text: string): void => {
          const line = document.createElement("li");
          line.textContent = text;
          said.append(line);
        };
        const base64url = btoa(`Bearer ${name}`).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
        const socket = new WebSocket(`${location.origin.replace("http", "ws")}/v1/rooms/hall:join`, [
          "portico.v1+json",
          `portico.authorization.${base64url}`,
        ]);
        Object.assign(window, { socket });
        socket.onopen = () => {
          show(`open: ${socket.protocol}`);
          resolve();
        };
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(String(data));
          show(`${message.author}: ${message.text}`);
        };
        socket.onclose = ({ code }) => show(`closed: ${code}`);
        socket.onerror = () => reject(new Error("the socket broke off"));
      }),
    author,
  );
}

function say(page: Page, text: string): Promise<void> {
  return page.evaluate((frame) => (window as unknown as { socket: WebSocket }).socket.send(frame), text);
}

function line(page: Page, text: string): Promise<void> {
  return page.getByText(text, { exact: true }).waitFor();
}

describe("A chat over WebSocket in a real browser", () => {
  it("is heard in both pages of a room, and ends with the half close", async () => {
    const [ada, alan] = [await ownPage(), await ownPage()];
    await joinHall(ada, "users/ada");
    await say(ada, JSON.stringify({ author: "users/ada", text: "anybody there?" }));
    await line(ada, "open: portico.v1+json");
    await line(ada, "users/ada: anybody there?");
    await joinHall(alan, "users/alan");
    await say(alan, JSON.stringify({ author: "users/alan", text: "I am" }));
    await line(ada, "users/alan: I am");
    await line(alan, "users/alan: I am");
    expect((await keepPicture(ada, "websocket-chat")).length).toBeGreaterThan(2_000);
    await say(alan, "");
    await line(alan, "closed: 1000");
    await say(ada, JSON.stringify({ author: 7 }));
    await line(ada, "closed: 4003");
    await ada.close();
    await alan.close();
  });

  it("is refused to a page of another origin", async () => {
    const page = await browser.newPage();
    await page.goto("data:text/html,<p>elsewhere</p>");
    const outcome = await page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => resolve("open");
          socket.onclose = ({ code }) => resolve(`closed: ${code}`);
        }),
      `${address.replace("http", "ws")}/v1/rooms/hall:join`,
    );
    expect(outcome).toBe("closed: 1006");
    await page.close();
  });
});

describe("Named events in a real browser", () => {
  it("reach their own listeners, with the id to go on from", async () => {
    const page = await ownPage();
    const events = await page.evaluate(
      (url) =>
        new Promise<string[]>((resolve, reject) => {
          const seen: string[] = [];
          const source = new EventSource(url);
          for (const name of ["ORDER_STATE_PLACED", "ORDER_STATE_PAID"]) {
            source.addEventListener(name, (event) => {
              seen.push(`${event.type} ${event.lastEventId} ${JSON.parse(event.data).order.name}`);
              if (seen.length < 2) return;
              source.close();
              resolve(seen);
            });
          }
          source.onerror = () => reject(new Error("the stream broke off"));
        }),
      "/v1/users/ada/orders/1001:watch?interval=0.05s",
    );
    expect(events).toEqual(["ORDER_STATE_PLACED 1 users/ada/orders/1001", "ORDER_STATE_PAID 1 users/ada/orders/1001"]);
    await page.close();
  });
});
