/** Groups of horizontal bars. */
export interface ChartData {
  readonly title: string;
  readonly unit: string;
  readonly groups: readonly {
    readonly name: string;
    readonly bars: readonly { readonly name: string; readonly value: number; readonly ours: boolean }[];
  }[];
}

const WIDTH = 860;
const LABELS = 300;
const FIGURES = 90;
const BAR = 20;
const GAP = 6;
const HEAD = 34;

/**
 * Bars as an SVG that stands by itself and can be read on a light page and on a dark one: it has no ground of its own, and
 * text takes a colour by what the reader's system prefers.
 */
export function barChart({ title, unit, groups }: ChartData): string {
  const longest = Math.max(1, ...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const scale = (WIDTH - LABELS - FIGURES) / longest;
  const lines: string[] = [];
  let y = HEAD;
  for (const { name, bars } of groups) {
    lines.push(`<text class="group" x="0" y="${y + 16}">${escapeText(name)}</text>`);
    y += 28;
    for (const bar of bars) {
      const width = Math.max(1, bar.value * scale).toFixed(1);
      const middle = y + BAR - 5;
      lines.push(
        `<text x="${LABELS - 10}" y="${middle}" text-anchor="end">${escapeText(bar.name)}</text>`,
        `<rect class="${bar.ours ? "ours" : "bar"}" x="${LABELS}" y="${y}" width="${width}" height="${BAR}" rx="3"/>`,
        `<text x="${(LABELS + Number(width) + 8).toFixed(1)}" y="${middle}">${bar.value.toFixed(1)} ${unit}</text>`,
      );
      y += BAR + GAP;
    }
    y += 12;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escapeText(title)}">
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; font-size: 15px; }
  .group { font-weight: 600; }
  .bar { fill: #8c959f; }
  .ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .bar { fill: #6e7681; }
    .ours { fill: #58a6ff; }
  }
</style>
<text class="title" x="0" y="18">${escapeText(title)}</text>
${lines.join("\n")}
</svg>
`;
}

function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}
