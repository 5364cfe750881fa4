/** A config that cannot be counted: one sentence that names the file and the field. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** A value as a sentence shows it: short, and a text in quotes. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}
