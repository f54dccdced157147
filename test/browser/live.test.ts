import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { comparePictures } from "./compare-pictures.js";
import { measurePage } from "./measure-page.js";
import { keepPicture } from "./use-browser.js";
import { useGateway } from "./use-gateway.js";

const PAGE = "/v1/files/pages/live.html";
/** Pictures of the page as it has to look; `UPDATE_GOLDEN=1` draws them anew. */
const GOLDEN = "test/browser/golden";
/** Blocks that another font may change. */
const MOST = 0.03;

const stage = useGateway(() => ({}), { now: () => new Date("2026-01-02T03:04:05Z") });

async function openLive(name: string, colorScheme: "light" | "dark", wish: Readonly<Record<string, string>> = {}) {
  const asked = new URLSearchParams({ name, room: colorScheme, count: "72", interval: "0.02s", ...wish });
  return stage().open(`${PAGE}#${asked}`, {
    viewport: { width: 900, height: 640 },
    colorScheme,
    locale: "en-GB",
    timezoneId: "UTC",
  });
}

const said = (page: Page): Promise<string[]> => page.locator("li").allInnerTexts();

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("What to say").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

/** Both pages of a conversation, once all of it is on them. */
async function conversation(colorScheme: "light" | "dark") {
  const ada = await openLive("ada", colorScheme);
  await ada.page.locator("#chat-state[data-is=open]").waitFor();
  await say(ada.page, "Is anybody there?");
  await ada.page.getByText("Is anybody there?").waitFor();
  const alan = await openLive("alan", colorScheme);
  await alan.page.locator("#chat-state[data-is=open]").waitFor();
  await say(alan.page, "I am, over WebSocket.");
  await ada.page.getByText("I am, over").waitFor();
  await say(ada.page, "And these are gRPC messages.");
  await alan.page.getByText("And these").waitFor();
  for (const { page } of [ada, alan]) await page.locator("#events-state", { hasText: "complete" }).waitFor();
  return { ada, alan };
}

describe("The live page of the samples, in a real browser", () => {
  it.each(["light", "dark"] as const)(
    "shows an event stream and a chat live, as in its picture: %s",
    async (scheme) => {
      const { ada, alan } = await conversation(scheme);
      expect(await said(ada.page)).toEqual([
        "03:04\nIs anybody there?",
        "users/alan, 03:04\nI am, over WebSocket.",
        "03:04\nAnd these are gRPC messages.",
      ]);
      expect(await ada.page.locator(".metric > div:first-child").allInnerTexts()).toEqual([
        "metrics/cpu\n0",
        "metrics/memory\n0.5",
        "metrics/requests\n240",
      ]);
      expect(await ada.page.locator(".bars i").count()).toBe(72);
      expect(await ada.page.locator(".state").allInnerTexts()).toEqual(["complete", "open, as users/ada"]);
      expect(await measurePage(ada.page)).toEqual([]);

      await ada.page.locator("h1").click();
      const picture = await keepPicture(ada.page, `live-${scheme}`);
      const file = `${GOLDEN}/live-${scheme}.png`;
      if (process.env["UPDATE_GOLDEN"] === "1") {
        mkdirSync(GOLDEN, { recursive: true });
        writeFileSync(file, picture);
      }
      expect(existsSync(file)).toBe(true);
      const difference = await comparePictures(ada.page, picture, readFileSync(file));
      expect(difference.sameSize).toBe(true);
      expect(difference.share).toBeLessThan(MOST);

      for (const { page, complaints, foreign } of [ada, alan]) {
        expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
        await page.close();
      }
    },
  );

  it("does not look like its picture without a part of it, and does in another font", async () => {
    const { ada, alan } = await conversation("light");
    const golden = readFileSync(`${GOLDEN}/live-light.png`);
    const shareWith = async (content: string): Promise<number> => {
      const style = await ada.page.addStyleTag({ content });
      const { share } = await comparePictures(ada.page, await ada.page.screenshot(), golden);
      await style.evaluate((element) => element.parentNode?.removeChild(element));
      return share;
    };
    expect(await shareWith("body, code { font-family: serif !important }")).toBeLessThan(MOST);
    for (const lack of [
      ".bars { visibility: hidden }",
      "li { visibility: hidden }",
      "main { display: block }",
      ":root { --bar: #b3261e }",
    ]) {
      expect([lack, (await shareWith(lack)) > MOST]).toEqual([lack, true]);
    }
    await ada.page.close();
    await alan.page.close();
  });

  it("goes on without end where nothing ends it", async () => {
    const { page } = await openLive("grace", "light", { count: "0" });
    await expect.poll(() => page.locator(".bars").first().locator("i").count(), { timeout: 15_000 }).toBe(24);
    expect(await page.locator("#events-state").innerText()).toBe("open");
    await page.close();
  });
});
