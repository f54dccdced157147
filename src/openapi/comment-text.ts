import type { Comments } from "../schema/index.js";

/** Longer first paragraphs are cut at the first sentence when they become a summary. */
const SUMMARY = 120;

/**
 * The text of a comment as CommonMark: without the space behind `//`, without what AIP-192 calls internal comments
 * (`(-- … --)`) and directives for linters, and with references to proto elements (`[User][pkg.User]`) as code. Where
 * there is no comment before the element, that behind it.
 */
export function commentText(comments: Comments): string {
  const raw = comments.leading.trim() === "" ? comments.trailing : comments.leading;
  if (raw.trim() === "") return "";
  const lines = raw
    .replace(/\(--[\s\S]*?--\)/g, "")
    .split("\n")
    .map((line) => line.replace(/^ /, "").trimEnd())
    .filter((line) => !/^\s*(buf:lint:ignore|protolint:|@exclude\b)/.test(line))
    .map((line) => (line.startsWith("    ") ? line : line.replace(/\[`?([^\]`]+)`?\]\[[^\]]*\]/g, "`$1`")));
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .replace(/^\n+|\n+$/g, "");
}

/**
 * A text as summary and description: the first paragraph on one line without its full stop, and the rest. Where the
 * first paragraph is long, its first sentence, and the whole text.
 */
export function splitSummary(text: string): { readonly summary: string; readonly description: string } {
  const end = text.search(/\n\s*\n/);
  const paragraph = (end < 0 ? text : text.slice(0, end)).replace(/\s*\n\s*/g, " ").trim();
  if (paragraph.length <= SUMMARY) {
    return { summary: withoutStop(paragraph), description: end < 0 ? "" : text.slice(end).replace(/^\s*\n/, "") };
  }
  const sentence = /^.*?[.!?](?= |$)/.exec(paragraph)?.[0] ?? paragraph;
  return {
    summary: withoutStop(sentence.length <= SUMMARY ? sentence : `${sentence.slice(0, SUMMARY - 1)}…`),
    description: text,
  };
}

function withoutStop(text: string): string {
  return text.replace(/(?<!\.)\.$/, "");
}
