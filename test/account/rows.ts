import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A config, and what transformers' own class of that config allocates: made by reference.py. */
export interface Row {
  config: Record<string, unknown> & { model_type: string };
  expected: Record<string, number | string[]>;
}
const folder = path.resolve(import.meta.dirname, "../golden/account");

/** One golden file. */
export const golden = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), "utf8"));

export const rows = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .flatMap((file) => (golden(file) as { rows: Row[] }).rows);
export const types = [...new Set(rows.map((row) => row.config.model_type))];

/** The same config with one field changed; "ffn_config.moe_top_k" is a field of an object inside. */
export function withField(config: Row["config"], field: string, value: unknown): Row["config"] {
  const [first, second] = field.split(".");
  if (second === undefined) return { ...config, [first]: value };
  return { ...config, [first]: { ...(config[first] as object | undefined), [second]: value } };
}
