import { knobs, type KnobsFigure } from "../../plot/interactive/knobs.js";
import { Options } from "../../plot/options.js";
import { visible } from "../../plot/routing/token.js";
import { type Accessors, type Columns, numbers, readRows, text } from "../../plot/rows/columns.js";
import { someOf } from "../../plot/rows/few.js";
import { clip } from "../../text/show.js";
import { checkScores, startOf } from "../given.js";
import { packed, packedLength } from "../packed.js";
import { drawRouterPage } from "../pages.generated.js";
import { drawRouter, type RouterData, type RouterFacts, type RouterValues } from "./draw.js";

/** One token and what the router says of it. */
export interface LogitsRow {
  readonly token: string;
  /** [E] Rounded to float32. */
  readonly logits: readonly number[];
}

export interface RouterKnobsOptions {
  /** With how many experts for each token it starts. Default 2, or 1 where there are two or fewer. */
  readonly topK?: number;
  readonly width?: number;
}

const COLUMNS: Columns<LogitsRow> = { token: text, logits: numbers };
/** Characters that an output has room for, for its logits. */
const ROOM = 12_000;
/** Tokens in the menu. */
const NAMED = 60;

/** What temperature, noise and top-k do to one token's probabilities and to the load of all: softmax of logits / temperature + noise, the
 *  topK largest, and weights: of several, divided by their sum, as is the default of a router. Temperature alone changes weights and no choice; noise changes choices. Noise is drawn as in
 *  training, by the library's generator: "gumbel" or "normal", times its scale.
 *
 *  An output of less than 60 kB has room for some 2,200 logits: those of the first tokens, as the subtitle says.
 *  @example
 *  const rows = [{ token: "a", logits: [2, 1, 0] }, { token: "b", logits: [0, 1, 3] }];
 *  routerKnobs(rows, { topK: 1 }).at({ temperature: 0.5 }).facts.chosen // => [0] */
export function routerKnobs<T extends object>(
  rows: Iterable<T>,
  options: RouterKnobsOptions & Accessors<LogitsRow, T>,
): KnobsFigure<RouterValues, RouterFacts>;
export function routerKnobs(
  rows: Iterable<LogitsRow>,
  options?: RouterKnobsOptions,
): KnobsFigure<RouterValues, RouterFacts>;
export function routerKnobs(
  data: Iterable<object>,
  options: RouterKnobsOptions = {},
): KnobsFigure<RouterValues, RouterFacts> {
  const rows = readRows("routerKnobs", data, COLUMNS, options);
  const given = new Options("routerKnobs", options);
  const nExpert = checkScores(
    "routerKnobs",
    rows.map(({ logits }) => logits),
  );
  const kept = rows.slice(0, Math.max(1, Math.floor(ROOM / packedLength(nExpert, 4))));
  const tokens = kept.slice(0, NAMED).map(({ token }, n) => `${n}: ${clip(visible(token), 24)}`);
  const most = Math.min(8, nExpert);
  const topK = { min: 1, max: most, step: 1, start: nExpert > 2 ? 2 : 1 };
  return knobs<RouterValues, RouterData, RouterFacts>(drawRouter, {
    label: "router",
    controls: {
      token: { label: "token", choices: tokens.length > 0 ? tokens : ["none"], start: tokens[0] ?? "none" },
      temperature: { label: "temperature", stops: [0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10], start: 1 },
      topK: { label: "experts per token", ...topK, start: startOf(given, "topK", topK) },
      noise: { label: "noise", choices: ["none", "gumbel", "normal"], start: "none" },
      scale: { label: "noise scale", min: 0, max: 3, step: 0.1, start: 1 },
      draw: { label: "draw of the noise", min: 1, max: 1000, step: 1, start: 1, typed: true },
    },
    data: {
      nExpert,
      tokens,
      logits: packed(Float32Array.from(kept.flatMap(({ logits }) => logits))),
      note: someOf(kept.length, rows.length, "tokens", "the first"),
    },
    script: drawRouterPage,
    width: given.size("width", 680),
  });
}
