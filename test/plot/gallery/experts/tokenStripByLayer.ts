import { tokenStripByLayer } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { nExpert, domains, tokens, chosen } = JSON.parse(new TextDecoder().decode(file("choices.json"))) as {
  readonly nExpert: number;
  readonly domains: string[];
  readonly tokens: string[];
  readonly chosen: number[][][];
};
const from = domains.indexOf("code"); // program text
const rows = chosen.flatMap((ofLayer, layer) =>
  tokens.slice(from, from + 96).map((token, n) => ({ token, layer, expert: ofLayer[from + n] })),
);
export const figure = tokenStripByLayer(rows, { nExpert });
