/** Plain columns, two spaces between.
 *  @param left which columns stand left; default the first. The others hold numbers, and stand right.
 *  @param trim whether spaces at the end of a line are left out. Default true */
export function columns(rows: readonly (readonly string[])[], left: readonly number[] = [0], trim = true): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const cell = (text: string, i: number): string =>
    left.includes(i) ? text.padEnd(widths[i]) : text.padStart(widths[i]);
  return rows.map((row) => (trim ? row.map(cell).join("  ").trimEnd() : row.map(cell).join("  "))).join("\n");
}
