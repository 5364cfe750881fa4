import { oneLine } from "./printable.js";

/** At most `limit` characters, the last of them "…" where some are missing. */
export const clip = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;

/** "share of the experts" -> "Share of the experts": the first word of a title. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A value as a sentence shows it: short, in one line, a text in quotes. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "string") return oneLine(JSON.stringify(clip(value, 40)));
  if (typeof value === "bigint") return `${clip(String(value), 40)}n`;
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}

/** A name as a sentence holds it without quotes: in one line, and not for ever. */
export const named = (name: string): string => clip(oneLine(name), 80);

/** Names as a sentence lists them: the first few, and how many more there are. */
export function showAll(names: readonly string[]): string {
  const shown = names.slice(0, 20).map(named);
  return `${shown.join(", ")}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ""}`;
}

/** A sentence in one line, of a length that a terminal bears. */
export const sentence = (text: string): string => clip(oneLine(text), 4000);
