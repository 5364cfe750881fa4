/** "Did you mean": the names that are nearest to a misspelled one. */

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 60);

/** The names that hold the word, and those that differ from it by few letters, the nearest first; at most `most`. */
export function nearest(word: string, names: readonly string[], most = 3): string[] {
  const wanted = plain(word);
  if (wanted.length < 2) return [];
  const allowed = Math.max(1, Math.floor(wanted.length / 4));
  return names
    .map((name) => {
      const own = plain(name);
      const holds = wanted.length > 2 && own.includes(wanted);
      return { name, off: holds ? 0 : distance(wanted, own) };
    })
    .filter(({ off }) => off <= allowed)
    .sort((a, b) => a.off - b.off)
    .slice(0, most)
    .map(({ name }) => name);
}

/** ": did you mean A or B?", or nothing. */
export function didYouMean(word: string, names: readonly string[]): string {
  const found = nearest(word, names);
  const last = found.pop();
  if (last === undefined) return "";
  return `: did you mean ${found.length > 0 ? `${found.join(", ")} or ` : ""}${last}?`;
}

/** How many letters must be put in, taken out, changed or swapped with the next to make one word of the other. */
function distance(a: string, b: string): number {
  const table: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    table[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const least = [table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)];
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least.push(table[i - 2][j - 2] + 1);
      table[i][j] = Math.min(...least);
    }
  }
  return table[a.length][b.length];
}
