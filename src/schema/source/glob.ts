import { readdirSync } from "node:fs";
import path from "node:path";

/** Whether a path is a pattern rather than a name. */
export function isGlob(text: string): boolean {
  return /[*?{[]/.test(text);
}

/**
 * The files below `base` that a pattern matches, as absolute paths in the order of their names: `*` and `?` within a
 * segment, `**` any number of segments, `{a,b}` either, `[ab]` one of the characters. Folders that begin with a dot and
 * node_modules are entered only where the pattern names them. A folder that cannot be read has no files.
 */
export function glob(pattern: string, base: string): string[] {
  const segments = expandBraces(pattern).map((each) => path.resolve(base, each).split(path.sep));
  const found = new Set<string>();
  for (const each of segments) {
    const fixed = each.findIndex(isGlob);
    const from = fixed < 0 ? each.length - 1 : fixed;
    walk(each.slice(0, from).join(path.sep) || path.sep, each.slice(from), found);
  }
  return [...found].sort();
}

function walk(folder: string, segments: readonly string[], found: Set<string>): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  const anyDepth = segment === "**";
  if (anyDepth && rest.length > 0) walk(folder, rest, found);
  const matches = anyDepth ? null : segmentPattern(segment);
  for (const entry of entriesOf(folder)) {
    const named = matches?.test(entry.name) ?? false;
    const below = anyDepth && !entry.name.startsWith(".") && entry.name !== "node_modules";
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory() || entry.isSymbolicLink()) {
      if (below && entry.isDirectory()) walk(inside, segments, found);
      else if (named && rest.length > 0) walk(inside, rest, found);
    }
    if (!entry.isDirectory() && rest.length === 0 && (named || below)) found.add(inside);
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // A folder that is missing or closed matches nothing; that a pattern matches nothing is told by who asked.
    return [];
  }
}

function segmentPattern(segment: string): RegExp {
  const source = segment.replace(/\[[^\]]+\]|[*?]|[\\^$.+()|{}[\]]/g, (part) => {
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.length > 1)
      return `[${part
        .slice(1, -1)
        .replace(/^!/, "^")
        .replace(/[\\\]]/g, "\\$&")}]`;
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

/** `a/{b,c}` as `a/b` and `a/c`. */
function expandBraces(pattern: string): string[] {
  const match = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(pattern);
  if (match === null) return [pattern];
  const [, before = "", inside = "", after = ""] = match;
  return inside.split(",").flatMap((choice) => expandBraces(before + choice + after));
}
