import { topTokens } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const { tokens, chosen } = JSON.parse(new TextDecoder().decode(file("choices.json"))) as {
  readonly tokens: string[];
  readonly chosen: number[][][];
};
export const figure = topTokens(tokens.flatMap((token, n) => chosen[0][n].map((expert) => ({ expert, token }))));
