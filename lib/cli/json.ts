import { jsonText } from "../text/printable.js";

/** A value as indented JSON, with exact integers, however large: JSON.stringify knows no bigint. */
export function exactJson(value: unknown, indent = ""): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return jsonText(value);
  const inner = `${indent}  `;
  const [open, close, entries] = Array.isArray(value)
    ? ["[", "]", value.map((item) => exactJson(item, inner))]
    : ["{", "}", Object.entries(value).map(([key, item]) => `${jsonText(key)}: ${exactJson(item, inner)}`)];
  if (entries.length === 0) return open + close;
  return `${open}\n${inner}${entries.join(`,\n${inner}`)}\n${indent}${close}`;
}
