/** Text as HTML; within quotes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The first paragraph of CommonMark as HTML: of its marks those of code are read, the rest is text. "" for none. */
export function firstParagraph(markdown: string): string {
  const [paragraph = ""] = markdown.trim().split(/\n\s*\n/);
  return paragraph
    .split(/(`[^`\n]+`)/)
    .map((part, i) => (i % 2 === 1 ? `<code>${escapeHtml(part.slice(1, -1))}</code>` : escapeHtml(part)))
    .join("");
}
