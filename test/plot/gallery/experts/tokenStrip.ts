import { tokenStrip } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { nExpert, tokens, chosen } = JSON.parse(new TextDecoder().decode(file("choices.json"))) as {
  readonly nExpert: number;
  readonly tokens: string[];
  readonly chosen: number[][][];
};
const rows = chosen.flatMap((ofLayer, layer) =>
  tokens.slice(0, 96).map((token, n) => ({ token, layer, expert: ofLayer[n] })),
);
export const figure = tokenStrip(rows, { nExpert });
