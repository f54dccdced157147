import type { Page } from "playwright-core";

/** What of a page is hard to read or to use, measured in the page; empty for nothing. */
export async function measurePage(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push(`the page is ${scrollWidth} wide in ${clientWidth}`);

    const channels = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
    /** WCAG 2.2, "relative luminance". */
    const luminance = (colour: string): number => {
      const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const groundOf = (element: Element | null): string => {
      if (element === null) return "rgb(255, 255, 255)";
      const { backgroundColor } = getComputedStyle(element);
      return channels(backgroundColor)[3] === 0 ? groundOf(element.parentElement) : backgroundColor;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const element = node.parentElement;
      if (element === null || node.textContent?.trim() === "" || element.getClientRects().length === 0) continue;
      const [text, ground] = [luminance(getComputedStyle(element).color), luminance(groundOf(element))];
      const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
      if (contrast < 4.5) faults.push(`${node.textContent?.trim()} has a contrast of ${contrast.toFixed(2)}`);
      const range = document.createRange();
      range.selectNodeContents(node);
      const { right, left } = range.getBoundingClientRect();
      if (right > clientWidth + 0.5 || left < -0.5) faults.push(`${node.textContent?.trim()} sticks out`);
      if (Number.parseFloat(getComputedStyle(element).fontSize) < 12) faults.push(`${node.textContent} is small`);
    }
    for (const link of document.querySelectorAll("a, summary")) {
      const { width, height } = link.getBoundingClientRect();
      // WCAG 2.2, 2.5.8; links within a sentence are excepted.
      if (height > 0 && getComputedStyle(link).display !== "inline" && (width < 24 || height < 24)) {
        faults.push(`${link.textContent} is ${width} by ${height}`);
      }
    }
    return [...new Set(faults)];
  });
}
