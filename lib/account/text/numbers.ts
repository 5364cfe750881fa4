/** Numbers in words and columns. */

/** 46,702,792,704. */
export const grouped = (value: bigint | number): string => value.toLocaleString("en");

/** Three digits and a word: 46.7 billion. */
export function rounded(value: bigint | number): string {
  const number = Number(value);
  const words = [
    [1e15, "quadrillion"],
    [1e12, "trillion"],
    [1e9, "billion"],
    [1e6, "million"],
    [1e3, "thousand"],
  ] as const;
  // From 999,500 on it is a million: three digits would say "1,000 thousand".
  const [unit, word] = words.find(([size]) => number >= size * 0.9995) ?? [1, ""];
  const digits = unit === 1 ? String(number) : three(number / unit);
  return word ? `${digits} ${word}` : digits;
}

/** The same in few characters: 46.7B. */
export const short = (value: bigint | number): string =>
  rounded(value).replace(/ (quadrillion|trillion|billion|million|thousand)$/, (_, word: string) => LETTERS[word]);
const LETTERS: Readonly<Record<string, string>> = {
  quadrillion: "Q",
  trillion: "T",
  billion: "B",
  million: "M",
  thousand: "k",
};

/** Decimal gigabytes, or a smaller unit where they would be 0.00. */
export function bytes(value: number): string {
  const [unit, word] = (
    [
      [1e12, "TB"],
      [1e9, "GB"],
      [1e6, "MB"],
      [1e3, "kB"],
    ] as const
  ).find(([size]) => value >= size * 0.9995) ?? [1, "B"];
  return `${unit === 1 ? Math.round(value) : three(value / unit)} ${word}`;
}

export const percent = (share: number): string => `${three(100 * share)} %`;

const three = (value: number): string => {
  const digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
};
