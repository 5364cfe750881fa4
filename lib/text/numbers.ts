/** How numbers are written, everywhere in figures. */

/** A share as a percentage of three digits: 0.125 is "12.5 %", 0.0004 is "0.04 %". */
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

/** A number in few characters, with a real minus sign. @param significant figures kept */
export function digits(value: number, significant = 4): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const text = Number.isInteger(value) && Math.abs(value) < 1e9 ? grouped(value) : rounded(value, significant);
  return text.replaceAll("-", "−");
}

const rounded = (value: number, significant: number): string => String(Number(value.toPrecision(significant)));

/** 12345 -> "12,345" */
export const grouped = (value: number): string => value.toLocaleString("en");

/** "1 token", "2,000 tokens" */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Large numbers with three digits and a word: 46.7 billion. */
export function inWords(value: number): string {
  const [unit, word] = UNITS.find(([size]) => Math.abs(value) >= size * 0.9995) ?? [1, ""];
  return word ? `${(value / unit).toPrecision(3)} ${word}` : String(Number(value.toPrecision(3)));
}

/** For axes: 10B, 1T. */
export function short(value: number): string {
  const [unit, , letter] = UNITS.find(([size]) => value >= size * 0.9995) ?? [1, "", ""];
  return `${Number((value / unit).toPrecision(3))}${letter}`;
}

/** Bytes, decimal: 350 GB. */
export const inBytes = (value: number): string => inUnits(value, "B");

/** Any unit with the decimal prefix for a number of three digits: 989 TFLOP/s. */
export function inUnits(value: number, unit: string): string {
  const { size, prefix } = prefixFor(value);
  return `${Number((value / size).toPrecision(3))} ${prefix}${unit}`;
}

/** The decimal prefix that a number is written with, and what it stands for. */
export function prefixFor(value: number): { size: number; prefix: string } {
  const [size, prefix] = PREFIXES.find(([least]) => value >= least * 0.9995) ?? [1, ""];
  return { size, prefix };
}

const PREFIXES: readonly (readonly [number, string])[] = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

const UNITS: readonly (readonly [number, string, string])[] = [
  [1e12, "trillion", "T"],
  [1e9, "billion", "B"],
  [1e6, "million", "M"],
  [1e3, "thousand", "k"],
];
