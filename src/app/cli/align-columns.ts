/** Rows as lines whose columns begin at the same place, two spaces apart; the last column is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, text] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, text.length);
  }
  return rows.map((row) =>
    row.map((text, column) => (column === row.length - 1 ? text : text.padEnd((widths[column] ?? 0) + 2))).join(""),
  );
}
