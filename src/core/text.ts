const CLIP = 80;

/** Foreign text, cut to 80 characters with an ellipsis, for use inside a message. */
export function clip(text: string): string {
  return text.length <= CLIP ? text : `${text.slice(0, CLIP - 1).toWellFormed()}…`;
}

/** Foreign text, clipped and quoted as a JSON string, so that control characters cannot reach a terminal or a log raw. */
export function quoteValue(text: string): string {
  return JSON.stringify(clip(text));
}

/** The known name nearest to a wrong one by edit distance, or null if none is near (a third of its length at most). */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Edit distance in which two neighbours that changed places count as one edit, as the commonest slip of typing ("nmae") is
 * one (optimal string alignment); `limit` as soon as it cannot be below it.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (before[j - 2] ?? 0) + 1);
      }
      next.push(distance);
    }
    if (Math.min(...row, ...next) >= limit) return limit;
    before = row;
    row = next;
  }
  return row[b.length] ?? limit;
}
