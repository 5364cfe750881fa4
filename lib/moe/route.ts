/** From logits to a `Routing`: noise, scores, choice, places, weights. Each step is a file of its own; here they are strung together. */

import { checkIntegers, checkObject } from "../config/options.js";
import { factorIn, isSoftmax, type RouterConfig } from "../config/router/fields.js";
import { routerDefaults } from "../config/router/defaults.js";
import { routerProblem } from "../config/router/problems.js";
import { factsOf } from "../config/router/selections.js";
import { noGrad } from "../tensor/autograd.js";
import { ShapeError, show, checkTensor } from "../tensor/check.js";
import { full } from "../tensor/create.js";
import { type Generator, randn } from "../tensor/random.js";
import { read, type Tensor } from "../tensor/tensor.js";
import { hiddenExperts } from "./balance/expertDropout.js";
import { capacityOf } from "./capacity/capacity.js";
import { place, sequenceOf } from "./capacity/place.js";
import type { QueueOptions } from "./capacity/queue.js";
import { gumbelNoise, learnedNoise, normalNoise } from "./noise.js";
import { loadOf, type Noisy, type RouteContext, type Routing, startsOf, statusOf } from "./routing.js";
import { probabilities, scoresOf } from "./scores.js";
import type { Selection } from "./select/selection.js";
import { select } from "./select/table.js";
import { overTokens } from "./shares.js";
import { weigh } from "./weights.js";

/** Routes by a config: `route(logits, { topK: 2, noise: "gumbel" }, { training: true, rng })`. logits [N, E], those of null experts
 *  last; for "hash" and
 *  "random", which look at none, their numbers do not matter. */
export function route(logits: Tensor, input: Partial<RouterConfig>, context: RouteContext = {}): Routing {
  checkTensor("route", "logits", logits);
  checkObject("route", "the config", input);
  checkObject("route", "the context", context);
  const { nNullExpert = 0 } = input;
  if (logits.rank !== 2 || !(logits.shape[1] > nNullExpert))
    throw new ShapeError(
      `route needs logits [N, E] of at least one expert${nNullExpert > 0 ? ` beside ${nNullExpert} null ones` : ""}, got ${show(logits.shape)}`,
    );
  const config = routerDefaults(input, logits.shape[1] - nNullExpert);
  const problem = routerProblem(config, logits.shape[1] - nNullExpert);
  if (problem) throw new RangeError(`router: ${problem}`);
  return routed(logits, config, context);
}

/** As `route`, for a config that has been checked. logits [N, E]; for a selection without a router, only their shape counts. */
export function routed(logits: Tensor, config: RouterConfig, context: RouteContext): Routing {
  const learns = factsOf(config.select).weight !== null;
  const [nToken, nExpert] = logits.shape;
  const { training = false } = context;
  const sequenceStarts = startsOf(context, nToken);
  const textPositions = context.textPositions ?? placesInSequence(sequenceStarts);
  const { noisy, chosenBy } = learns ? shaken(logits, config, context) : { noisy: null, chosenBy: logits };
  const scores = learns ? scoresOf(chosenBy, config.score) : full([nToken, nExpert], 1); // [N, E]
  const probs = learns ? probabilities(scores, config.score) : full([nToken, nExpert], 1 / nExpert); // [N, E]
  const off = switchedOff(context, config, nExpert);
  const atLeast = config.topK + off.length;
  const dropped =
    training && config.expertDropout > 0
      ? hiddenExperts(nExpert, config.expertDropout, atLeast, need(context.rng, "expertDropout"))
      : [];
  const hidden = [...off, ...dropped];
  const choosable = { logits: chosenBy, scores, probs, hidden, textPositions, sequenceStarts };
  const { selection, scored } = select(choosable, config, context);
  const groups = config.capacityPer === "sequence" ? sequenceStarts : Int32Array.of(0, nToken);
  const capacity = capacities(selection, groups, nExpert, config, context); // one for each group of tokens
  const placement = place(selection, scored, {
    capacity,
    overflow: context.capacity === undefined || config.overflow === "nextBest" ? config.overflow : "drop",
    queue: config.queue,
    order: config.order,
    ...(config.queue === "random" ? lotsOf(nToken, textPositions, config, context) : {}),
    sequenceStarts: groups,
  });
  const softened = learns && isSoftmax(config.score) ? chosenBy : null;
  const renormalize = learns ? config.renormalize : config.renormalize || true; // equal scores, so equal weights
  const weights = weigh(scores, softened, selection, placement, { ...config, renormalize });
  const skipped = selection.skipped ?? new Uint8Array(selection.experts.length);
  return finished({
    nToken,
    nExpert,
    nNullExpert: config.nNullExpert,
    topK: selection.topK,
    sequenceStarts,
    sequenceLength: sequenceStarts.reduce((most, start, s) => Math.max(most, start - (sequenceStarts[s - 1] ?? 0)), 0),
    logits: learns ? logits : null,
    noisy,
    probs,
    weights,
    tokens: selection.tokens,
    wanted: selection.experts,
    slots: selection.slots,
    skipped,
    ...placement,
    demand: loadOf(selection.experts, nExpert, (i) => !skipped[i]),
    capacity: capacity?.reduce((most, places) => Math.max(most, places), 0) ?? null,
    places: capacity?.reduce((sum, places) => sum + places * nExpert, 0) ?? null,
  });
}

/** Throws unless the selection can leave these experts out. */
function switchedOff({ off = [] }: RouteContext, { select, topK }: RouterConfig, nExpert: number): readonly number[] {
  if (off.length === 0) return off;
  const { expertDropout: refused } = factsOf(select).without ?? {};
  if (refused || !factsOf(select).weight)
    throw new RangeError(
      `router: select "${select}" cannot switch an expert off: it does not choose by a token's scores`,
    );
  checkIntegers("router", Object.fromEntries(off.map((e, i) => [`off[${i}]`, e])), { from: 0, below: nExpert });
  const left = nExpert - new Set(off).size;
  if (left < topK) throw new RangeError(`router: ${left} experts are left, but each token needs ${topK} (topK)`);
  return [...new Set(off)];
}

/** [N] place of each token in its sequence, from 0. */
function placesInSequence(starts: Int32Array): Int32Array {
  const places = new Int32Array(starts[starts.length - 1]);
  for (let s = 0; s + 1 < starts.length; s++) for (let n = starts[s]; n < starts[s + 1]; n++) places[n] = n - starts[s];
  return places;
}

/** Places of an expert in each group of tokens, or null without a limit. Expert choice fills as many as it chose. */
function capacities(
  { tokens, experts }: Selection,
  groups: Int32Array,
  nExpert: number,
  config: RouterConfig,
  context: RouteContext,
): number[] | null {
  const { capacity, training = false } = context;
  checkIntegers("router", capacity === undefined ? {} : { capacity }, { from: 0 });
  const starts = Array.from(groups.subarray(0, -1));
  const chooses = config.select === "expertChoice";
  if (capacity !== undefined && !chooses) return starts.map(() => capacity);
  const factor = factorIn(training, config);
  if (factor === null && !chooses) return null;
  const chosen = starts.map(() => new Array<number>(nExpert).fill(0)); // [groups][E] assignments
  const group = sequenceOf(groups, groups[groups.length - 1]);
  tokens.forEach((n, i) => chosen[group[n]][experts[i]]++);
  if (chooses) return chosen.map((counts) => Math.max(...counts));
  return chosen.map((counts) =>
    capacityOf(
      counts.reduce((a, b) => a + b, 0),
      nExpert,
      factor!,
      config.minCapacity,
    ),
  );
}

/** What orders a random queue: drawn in training; at evaluation a fixed number for each place in the text, or in the batch where
 *  sequences share their places, so that reading again gives the same. */
function lotsOf(
  nToken: number,
  textPositions: ArrayLike<number>,
  { capacityPer }: RouterConfig,
  { training, rng }: RouteContext,
): Pick<QueueOptions, "rng" | "lots"> {
  if (training || !rng) return { rng };
  const fixed = rng.fork("evaluation queue");
  const lot = (n: number): number => fixed.fork(String(capacityPer === "sequence" ? textPositions[n] : n)).uniform();
  return { lots: Array.from({ length: nToken }, (_, n) => lot(n)) };
}

/** Noise in training, if the config has any that acts on logits. */
function shaken(
  logits: Tensor,
  { noise, noiseScale }: RouterConfig,
  context: RouteContext,
): { noisy: Noisy | null; chosenBy: Tensor } {
  const still = { noisy: null, chosenBy: logits };
  if (!context.training) return still;
  if (noise === "gumbel") return { noisy: null, chosenBy: gumbelNoise(logits, noiseScale, need(context.rng, "noise")) };
  if (noise !== "normal" && noise !== "learned") return still; // jitter has shaken the input already
  let noisy: Noisy;
  if (noise === "normal") noisy = normalNoise(logits, noiseScale, need(context.rng, "noise"));
  else {
    if (!context.spread) throw new RangeError('router: noise "learned" needs { spread }, the logits of its size');
    const draws = context.noise ?? randn([...logits.shape], need(context.rng, "noise"));
    noisy = learnedNoise(logits, context.spread, draws, noiseScale);
  }
  return { noisy, chosenBy: noisy.logits };
}

function need(rng: Generator | undefined, what: string): Generator {
  if (!rng) throw new RangeError(`router: ${what} needs a random generator in training: pass { rng }`);
  return rng;
}

type Parts = Omit<Routing, "load" | "importance" | "rowsExecuted" | "assignments">;

/** Adds what can be counted from the rest. */
function finished(parts: Parts): Routing {
  const { nExpert, probs, weights, positions } = parts;
  return {
    ...parts,
    load: loadOf(parts.experts, nExpert, (i) => positions[i] >= 0),
    importance: Array.from(read(noGrad(() => overTokens(probs)))),
    rowsExecuted: null,
    assignments() {
      const W = read(weights);
      return Array.from(parts.tokens, (token, i) => ({
        token,
        expert: parts.experts[i],
        slot: parts.slots[i],
        weight: W[i],
        position: positions[i],
        rank: parts.ranks[i],
        status: statusOf(parts, i),
      }));
    },
  };
}

/** Softmax over all experts, then the topK largest. logits [N, E] -> Routing.
 *  With `renormalize` the weights equal a softmax over the chosen logits alone: exp(zᵢ) / Σ exp(zⱼ) over the chosen.
 *  Source: Shazeer et al. 2017, §2.1, https://arxiv.org/abs/1701.06538; Jiang et al. 2024, §2.1, https://arxiv.org/abs/2401.04088 */
export function routeTopK(
  logits: Tensor,
  { topK, renormalize = true }: { topK: number; renormalize?: boolean },
): Routing {
  return route(logits, { topK, renormalize });
}
