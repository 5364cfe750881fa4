/** How numbers are written in words and figures. */

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
export const grouped = (value: bigint | number): string => value.toLocaleString("en");

/** "1 token", "2,000 tokens" */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Large numbers with three digits and a word: 46.7 billion. */
export function inWords(value: bigint | number): string {
  const { size, word } = unitOf(value);
  return word ? `${threeDigits(Number(value) / size)} ${word}` : String(Number(Number(value).toPrecision(3)));
}

/** For axes: 10B, 1T. */
export function short(value: number): string {
  const { size, letter } = unitOf(value);
  return `${Number((value / size).toPrecision(3))}${letter}`;
}

/** The word that a large number is written with, its letter, and what they stand for. */
export function unitOf(value: bigint | number): { size: number; word: string; letter: string } {
  const [size, word, letter] = UNITS.find(([least]) => Math.abs(Number(value)) >= least * ALMOST) ?? [1, "", ""];
  return { size, word, letter };
}

/** Three digits, zeros at the end too: 46.7, 47.0, 0.50. */
export function threeDigits(value: number): string {
  const size = Math.abs(value);
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return withDecimals(value, decimals);
}

/** 1234.5 with 2 decimals -> "1,234.50" */
export function withDecimals(value: number, decimals: number): string {
  // Kept: toLocaleString with options makes a new format at each call, which takes 20 µs.
  formats[decimals] ??= new Intl.NumberFormat("en", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return formats[decimals].format(value);
}
const formats: (Intl.NumberFormat | undefined)[] = [];

/** Bytes, decimal: 350 GB. */
export const inBytes = (value: number): string => inUnits(value, "B");

/** Any unit with the decimal prefix for a number of three digits: 989 TFLOP/s. */
export function inUnits(value: number, unit: string): string {
  const { size, prefix } = prefixFor(value);
  return `${Number((value / size).toPrecision(3))} ${prefix}${unit}`;
}

/** The decimal prefix that a number is written with, and what it stands for. */
export function prefixFor(value: number): { size: number; prefix: string } {
  const [size, prefix] = PREFIXES.find(([least]) => value >= least * ALMOST) ?? [1, ""];
  return { size, prefix };
}

/** From 999,500 on it is a million: three digits would say "1,000 thousand". */
const ALMOST = 0.9995;

const PREFIXES: readonly (readonly [number, string])[] = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

const UNITS: readonly (readonly [number, string, string])[] = [
  [1e15, "quadrillion", "Q"],
  [1e12, "trillion", "T"],
  [1e9, "billion", "B"],
  [1e6, "million", "M"],
  [1e3, "thousand", "k"],
];
