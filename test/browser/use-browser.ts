import { existsSync, mkdirSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Where Debian's package and the usual others put it; CHROMIUM names another. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A headless browser that talks to this machine only. Throws, saying what is lacking, where there is none. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] ?? places.find((place) => existsSync(place));
  if (executablePath === undefined) {
    throw new Error(
      "the browser tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM to its path",
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

/** Collects what a page complains about: errors on its console, exceptions, requests that fail. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  return complaints;
}

/** Keeps a picture of a page in .tmp/screenshots, for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<Buffer> {
  mkdirSync(".tmp/screenshots", { recursive: true });
  return page.screenshot({ path: `.tmp/screenshots/${name}.png`, fullPage: false });
}
