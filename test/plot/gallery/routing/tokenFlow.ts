import { readRouter, tokenFlow } from "../../../../lib/plot/index.js";
import { file } from "../data.js";

const kindOf = (token: string) =>
  /^[\d ]*\d/.test(token) ? "numbers" : /[a-z]/i.test(token) ? "letters" : /^\s+$/.test(token) ? "spaces" : "signs";
const rows = readRouter(file("router.json"), { topK: 2 });
export const figure = tokenFlow(
  rows.flatMap(({ layer, token, chosen }) =>
    chosen.map((expert) => ({ layer, from: kindOf(token), expert, count: 1 })),
  ),
  { nExpert: 8 },
);
