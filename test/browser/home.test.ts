import { readFileSync, writeFileSync } from "node:fs";
import type { BrowserContextOptions } from "playwright-core";
import { describe, expect, it } from "vitest";
import { closedPort } from "../support/closed-port.js";
import { comparePictures } from "./compare-pictures.js";
import { measurePage } from "./measure-page.js";
import { keepPicture } from "./use-browser.js";
import { useGateway } from "./use-gateway.js";

const away = await closedPort();

/** The chat service is at a server that is not there. */
const stage = useGateway((services) => ({
  upstreams: {
    examples: { target: services, services: ["portico.examples.v1.*"] },
    chat: { target: `127.0.0.1:${away}`, services: ["portico.examples.v1.ChatService"] },
  },
}));

/** The share of blocks of a picture that other fonts may change; `UPDATE_GOLDEN=1` draws the pictures anew. */
const MOST = 0.03;

const desk = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };

const looks: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ["light", { viewport: desk, colorScheme: "light" }],
  ["dark", { viewport: desk, colorScheme: "dark" }],
  ["phone", { viewport: phone, colorScheme: "light", isMobile: true, hasTouch: true }],
  ["phone-dark", { viewport: phone, colorScheme: "dark", isMobile: true, hasTouch: true }],
];

describe("The page to start from, in a real browser", () => {
  it.each(looks)("can be read and used: %s", async (name, options) => {
    const { page, complaints, foreign } = await stage().open("/", options);
    await page.locator(".bad").waitFor();
    const picture = await keepPicture(page, `home-${name}`);
    expect(await measurePage(page)).toEqual([]);
    const file = `test/browser/golden/home-${name}.png`;
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, picture);
    const { sameSize, share } = await comparePictures(page, picture, readFileSync(file));
    expect([sameSize, share < MOST]).toEqual([true, true]);
    expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
    await page.close();
  });

  it("does not look like its picture without its routes, or without what is said of them", async () => {
    for (const lack of ["ul", ".says", "header"]) {
      const { page } = await stage().open("/", { viewport: desk, colorScheme: "light" });
      await page.evaluate((selector) => {
        for (const element of document.querySelectorAll(selector)) element.remove();
      }, lack);
      const golden = readFileSync("test/browser/golden/home-light.png");
      const { share } = await comparePictures(page, await page.screenshot(), golden);
      expect([lack, share > MOST]).toEqual([lack, true]);
      await page.close();
    }
  });

  it("is light or dark as the reader's system is", async () => {
    const grounds: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await stage().open("/", { colorScheme });
      grounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      await page.close();
    }
    expect(grounds).toEqual(["rgb(246, 247, 249)", "rgb(18, 22, 28)"]);
  });

  it("shows every route of the document under its service, and how the upstreams are, without their addresses", async () => {
    const { page } = await stage().open("/");
    const document = (await (await fetch(`${stage().address}/openapi.json`)).json()) as {
      tags: readonly { name: string }[];
      paths: Readonly<Record<string, object>>;
    };
    const routes = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const shown = await page
      .locator("li")
      .evaluateAll((items) =>
        items.map(
          (item) => `${item.querySelector(".method")?.textContent} ${item.querySelector(".path")?.textContent}`,
        ),
      );
    expect([...shown].sort()).toEqual([...routes].sort());
    expect(await page.locator("h2").allInnerTexts()).toEqual(document.tags.map(({ name }) => name));
    await expect
      .poll(async () => {
        await page.reload();
        return page.locator(".health").allInnerTexts();
      })
      .toEqual(["chat failing", ...Array.from({ length: 5 }, () => "examples ready")]);
    expect(await page.content()).not.toMatch(/127\.0\.0\.1|:\d{4,5}\b/);
    await page.close();
  });

  it("leads to the operation on the page to try it from", async () => {
    const { page, complaints } = await stage().open("/");
    await page.getByText("/v1/users/{user}", { exact: true }).first().click();
    await page.locator("#operations-UserService-UserService_GetUser.is-open").waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("leads to the documents", async () => {
    const { page } = await stage().open("/");
    const links = await page
      .locator("nav a, .about a")
      .evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    expect(links).toHaveLength(10);
    for (const link of links) expect([link, (await fetch(stage().address + link)).status]).toEqual([link, 200]);
    await page.close();
  });

  it("can be gone through with the keyboard, which shows where it is", async () => {
    const { page } = await stage().open("/");
    await page.keyboard.press("Tab");
    const first = page.locator(":focus-visible");
    expect(await first.innerText()).toBe("Try it");
    expect(await first.evaluate((link) => getComputedStyle(link).outlineStyle)).toBe("solid");
    for (let i = 0; i < 4; i++) await page.keyboard.press("Tab");
    expect(await page.locator(":focus-visible h2").innerText()).toBe("ChatService");
    await page.keyboard.press("Enter");
    expect(await page.getByText("/v1/rooms/{room}/messages").first().isVisible()).toBe(false);
    await page.close();
  });
});
