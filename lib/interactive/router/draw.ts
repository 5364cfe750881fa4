/** Temperature, noise and top-k at a router: what Node and the page draw alike. */

import { max, mean, sum } from "d3";
import { softmaxRow } from "../../kernels/reference/softmax.js";
import { effectiveExperts } from "../../moe/metrics/load.js";
import { loadOf } from "../../moe/routing.js";
import { selectTopK } from "../../moe/select/topK.js";
import type { Drawn } from "../../plot/interactive/knobs.js";
import { LETTER, wrapped } from "../../plot/options.js";
import { below, fill, muted, picture, px, stroke, words } from "../../plot/marks/svg.js";
import { Generator, gumbel } from "../../tensor/random.js";
import { digits, grouped, percent } from "../../text/numbers.js";
import { axes, blocks, column, type Columns, heightOf, isThin, level, tooltips } from "../chart.js";
import { floats } from "../packed.js";

/** Positions of the knobs. */
export interface RouterValues {
  /** Which token is looked at: one of the menu. */
  readonly token: string;
  readonly temperature: number;
  readonly topK: number;
  readonly noise: string;
  readonly scale: number;
  /** Seed of the noise. */
  readonly draw: number;
}

export interface RouterData {
  readonly nExpert: number;
  /** As the menu has them; the first ones of all. */
  readonly tokens: readonly string[];
  /** [N, E] */
  readonly logits: string;
  /** What was left out, for the subtitle. */
  readonly note: string;
}

export interface RouterFacts {
  /** Of the token: its experts, best first, their weights (of several, they sum to 1), and the entropy of its probabilities in nats. */
  readonly chosen: readonly number[];
  readonly weights: readonly number[];
  readonly entropy: number;
  /** Of all tokens: mean entropy; how many experts the load is spread over (e to its entropy); the busiest expert, as a multiple of its
   *  fair share; and the share of tokens that noise sends to other experts. */
  readonly meanEntropy: number;
  readonly effective: number;
  readonly busiest: number;
  readonly moved: number;
}

interface Routed extends RouterFacts {
  /** [E] of the token, as the knobs are, and with noise 0 at temperature 1. */
  readonly probs: Float32Array;
  readonly calm: Float32Array;
  /** [E] shares of all choices. */
  readonly load: readonly number[];
  readonly nToken: number;
}

/** Computed as `route(div(logits, temperature), { topK, noise, noiseScale }, { training: true, rng: new Generator(draw) })`. */
function routed({ token, temperature, topK, noise, scale, draw }: RouterValues, data: RouterData): Routed {
  const { nExpert, tokens } = data;
  const clean = floats(data.logits);
  const nToken = clean.length / nExpert;
  const rng = new Generator(draw);
  const drawn = { gumbel, normal: (from: Generator) => from.normal() }[noise];
  const cooled = clean.map((z) => z / temperature);
  const noisy = drawn && scale > 0 ? cooled.map((z) => z + Math.fround(scale * drawn(rng))) : cooled;
  const choose = (logits: Float32Array) => selectTopK({ scores: logits, nToken, nExpert }, topK).experts;
  const [experts, before] = [choose(noisy), choose(clean)];
  const [probs, calm] = [noisy, clean].map((logits) => softmaxRows(logits, nToken, nExpert));
  const entropies = Array.from({ length: nToken }, (_, n) => entropy(probs.subarray(n * nExpert, (n + 1) * nExpert)));
  const load = loadOf(experts, nExpert);
  const movedTokens = Array.from({ length: nToken }, (_, n) => n).filter((n) => {
    const own = before.subarray(n * topK, (n + 1) * topK);
    return experts.subarray(n * topK, (n + 1) * topK).some((e) => !own.includes(e));
  });
  const n = Math.max(0, tokens.indexOf(token));
  const chosen = Array.from(experts.subarray(n * topK, (n + 1) * topK));
  const at = (all: Float32Array) => all.subarray(n * nExpert, (n + 1) * nExpert);
  const weights = new Float32Array(chosen.length);
  const logits = at(noisy);
  if (topK === 1) weights.set(chosen.map((e) => at(probs)[e]));
  else
    softmaxRow(
      chosen.map((e) => logits[e]),
      weights,
      0,
      chosen.length,
    );
  return {
    chosen,
    weights: Array.from(weights),
    entropy: entropies[n] ?? 0,
    meanEntropy: mean(entropies) ?? 0,
    effective: effectiveExperts(load),
    busiest: (max(load) ?? 0) * nExpert,
    moved: movedTokens.length / Math.max(nToken, 1),
    ...{ probs: at(probs), calm: at(calm), load, nToken },
  };
}

function softmaxRows(logits: Float32Array, nToken: number, nExpert: number): Float32Array {
  const probs = new Float32Array(logits.length);
  for (let n = 0; n < nToken; n++) softmaxRow(logits, probs, n * nExpert, nExpert);
  return probs;
}

/** −Σ p ln p, in nats. */
const entropy = (probs: Float32Array): number => -sum(probs, (p) => (p > 0 ? p * Math.log(p) : 0)) + 0;

const PANEL = 120; // px
const BETWEEN = 76;

export function drawRouter(values: RouterValues, data: RouterData, width: number): Drawn<RouterFacts> {
  const { probs, calm, load, nToken, ...facts } = routed(values, data);
  const { nExpert, note } = data;
  const { chosen, weights, entropy, meanEntropy, effective, busiest, moved } = facts;
  const named = chosen.map((e, i) => `${e} (${digits(weights[i], 2)})`);
  const goes =
    named.length > 3
      ? `${named.length} experts, most to ${named[0]}`
      : `expert${named.length > 1 ? "s" : ""} ${named.slice(0, -1).join(", ")}${named.length > 1 ? " and " : ""}${named.at(-1)}`;
  const title = nToken === 0 ? "No tokens to route" : `“${values.token.replace(/^\d+: /, "")}” goes to ${goes}`;
  const frame = { count: nExpert, left: 46, right: width - 78 };
  const thin = isThin({ ...frame, most: 1, top: 0, bottom: PANEL });
  const subtitle = [
    `entropy ${digits(entropy, 3)} of at most ${digits(Math.log(nExpert), 3)} nats`,
    `orange: chosen${thin ? "" : " · mark: at temperature 1, without noise"}`,
    note,
  ];
  const head = { title, subtitle: nToken === 0 ? "" : subtitle.filter(Boolean).join(" · ") };
  const top = below(head, width) + 38;
  const tallest = Math.max(max(probs) ?? 0, max(calm) ?? 0, 1e-9);
  const first: Columns = { ...frame, most: Math.min(1, tallest * 1.15), top, bottom: top + PANEL };
  const from = first.bottom + BETWEEN;
  const second: Columns = {
    ...frame,
    most: Math.max(max(load) ?? 0, 1 / nExpert) * 1.1,
    top: from,
    bottom: from + PANEL,
  };
  const marks = Array.from(calm, (p, e) => {
    const { x, width } = column(first, e);
    return thin ? "" : `M${px(x)},${px(first.bottom - heightOf(first, p))}h${px(width)}`;
  }).join("");
  const labels =
    thin || column(first, 0).width < 24
      ? ""
      : chosen
          .map((e, i) => {
            const { x, width } = column(first, e);
            const y = first.bottom - heightOf(first, Math.max(probs[e], calm[e])) - 4;
            return words(
              x + width / 2,
              y,
              digits(weights[i], 2),
              `font-size="11" text-anchor="middle" font-weight="600" ${fill("ink")}`,
            );
          })
          .join("");
  const bar = (columns: Columns, value: (e: number) => number, look: string) => blocks(columns, () => 0, value, look);
  const body =
    axes(first, "probability of the token", percent) +
    bar(first, (e) => (chosen.includes(e) ? 0 : probs[e]), `${fill("muted")} fill-opacity="0.45"`) +
    bar(first, (e) => (chosen.includes(e) ? probs[e] : 0), fill("moe")) +
    (marks && `<path d="${marks}" ${stroke("ink")} stroke-width="1.5"/>`) +
    labels +
    tooltips(
      first,
      (e) =>
        `expert ${e}: probability ${percent(probs[e])}, at temperature 1 without noise ${percent(calm[e])}${chosen.includes(e) ? `; chosen, weight ${digits(weights[chosen.indexOf(e)], 3)}` : ""}`,
    ) +
    axes(second, `choices of ${grouped(nToken)} tokens`, percent) +
    bar(second, (e) => load[e], fill("dense")) +
    level(second, 1 / nExpert, "fair share") +
    tooltips(second, (e) => `expert ${e}: ${percent(load[e])} of all choices`);
  const spreads = `All tokens: mean entropy ${digits(meanEntropy, 3)} nats, load spread over ${digits(effective, 3)} of ${nExpert} experts, busiest ${digits(busiest, 3)}× its fair share${values.noise === "none" ? "" : `; noise moves ${percent(moved)} of the tokens`}.`;
  const all = wrapped(
    `choices spread over ${digits(effective, 3)} of ${nExpert} experts · busiest ${digits(busiest, 3)}× its fair share${values.noise === "none" ? "" : ` · noise moves ${percent(moved)} of the tokens`}`,
    (width - 4) / LETTER.words,
  );
  const lines = all.map((line, i) => words(2, second.bottom + 52 + 15 * i, line, muted)).join("");
  const height = nToken === 0 ? top + 12 : second.bottom + 52 + 15 * all.length;
  const none = words(2, top, "no tokens", muted);
  return {
    width,
    height,
    markup: picture(width, height, head, nToken === 0 ? none : body + lines),
    description: nToken === 0 ? `${title}.` : `${title}; entropy ${digits(entropy, 3)} nats. ${spreads}`,
    facts,
  };
}
