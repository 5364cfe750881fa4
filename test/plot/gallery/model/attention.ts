import { attention } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { tokens, rows } = JSON.parse(new TextDecoder().decode(file("attention.json"))) as {
  readonly tokens: string[];
  readonly rows: { readonly layer: number; readonly head: number; readonly weights: number[][] }[];
};
export const figure = attention(rows, { tokens });
