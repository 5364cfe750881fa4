/** What each selection does, in a table of the same words as `lib/config/router/selections.ts`. */

import { factorIn, type RouterConfig, type Select } from "../../config/router/fields.js";
import { factsOf, poolSizes, type Stateful, type StateName, type StateSize } from "../../config/router/selections.js";
import { checkTensor, ShapeError, show } from "../../tensor/check.js";
import { read, type Tensor } from "../../tensor/tensor.js";
import { placesOf } from "../capacity/capacity.js";
import type { RouteContext } from "../routing.js";
import { selectAdaptive } from "./adaptive.js";
import { selectBase } from "./base.js";
import { selectExpertChoice } from "./expertChoice.js";
import { selectGroupLimited } from "./groupLimited.js";
import { selectGShard } from "./gshard.js";
import { selectHash } from "./hash.js";
import { selectPool } from "./pool.js";
import { selectRandom } from "./random.js";
import { joined, rowsOf, type Scored, type Selection } from "./selection.js";
import { selectSinkhorn } from "./sinkhorn.js";
import { hashTable, selectTable } from "./tokenTable.js";
import { selectTopK } from "./topK.js";
import { selectTopP } from "./topP.js";

/** What a selection may look at, each [N, E]: the scores with the selection bias, the logits, and probabilities that sum to 1. */
interface Choice {
  scores: Scored;
  logits: Scored;
  probs: Scored;
  config: RouterConfig;
  context: RouteContext;
  training: boolean;
  /** [N] place of each token in its text. */
  textPositions: ArrayLike<number>;
}

const table = {
  topK: ({ scores, config }) => selectTopK(scores, config.topK),
  gshard: ({ scores, config, context }) =>
    selectGShard(scores, config.secondExpert, context.uniform ?? evenDraws(scores.nToken, config, context)),
  groupLimited: ({ scores, config }) => selectGroupLimited(scores, config),
  topP: ({ probs, config }) => selectTopP(probs, config.topP, config.topK),
  adaptive: ({ probs, config }) => selectAdaptive(probs, config.topK),
  expertChoice: ({ scores, config, context, training }) => {
    const { nToken, nExpert } = scores;
    const fair = placesOf(nToken * config.topK, nExpert, factorIn(training, config) ?? 1).floor;
    return selectExpertChoice(scores, Math.min(nToken, context.capacity ?? Math.max(fair, config.minCapacity)));
  },
  hash: (choice) => selectHash(idsOf(choice), choice.scores.nExpert, choice.config.topK),
  table: (choice) => {
    const { tid2eid = null } = stateOf("table", choice);
    return selectTable(choice.scores, idsOf(choice, tid2eid?.shape[0]), choice.config.topK, tid2eid);
  },
  random: ({ scores: { nToken, nExpert }, config, context: { rng }, training, textPositions }) => {
    if (!rng) throw new RangeError('router: select "random" needs a random generator: pass { rng }');
    const fixed = rng.fork("evaluation"); // the same experts at the same place of a text, each time it is read
    const draws = training ? rng : (n: number) => fixed.fork(String(textPositions[n]));
    return selectRandom(nToken, nExpert, config.topK, draws);
  },
  pool: ({ scores, probs, config, context: { rng }, training }) => {
    const sizes = poolSizes(config, scores.nExpert);
    const drawn = training && sizes.minPool < sizes.nPool;
    if (drawn && !rng)
      throw new RangeError('router: select "pool" draws the size of a pool from minPool on: pass { rng }');
    return selectPool(scores, probs, { topK: config.topK, ...sizes }, drawn && rng ? rng : null);
  },
  sinkhorn: ({ logits, scores, config, training }) =>
    training ? selectSinkhorn(logits, config.topK) : selectTopK(scores, config.topK),
  base: ({ logits, scores, training }) => (training ? selectBase(logits) : selectTopK(scores, 1)),
} as const satisfies Record<Exclude<Select, "soft">, (choice: Choice) => Selection>;

type Maker = (shape: readonly number[], nExpert: number) => Tensor;

/** What makes the first numbers of each selection's state, of the shapes in `selections`. */
const firstState: { readonly [S in Stateful]: Readonly<Record<StateName<S>, Maker>> } = {
  table: { tid2eid: ([vocabSize, topK], nExpert) => hashTable(vocabSize, nExpert, topK) },
};

/** The state of a new router's selection, by name; nothing where it has none. */
export function newState(
  select: Select,
  shapes: Readonly<Record<string, readonly number[]>>,
  nExpert: number,
): Record<string, Tensor> {
  const makers: Record<string, Maker> = Object.hasOwn(firstState, select) ? firstState[select as Stateful] : {};
  return Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make(shapes[name], nExpert)]));
}

/** What the router keeps for its selection, of the shapes in `selections`. Who calls `route` may leave it out. */
function stateOf<S extends Stateful>(select: S, choice: Choice): Partial<Record<StateName<S>, Tensor>> {
  const { scores, config, context } = choice;
  const sizes: Partial<Record<StateSize, number>> = { E: scores.nExpert, K: config.topK };
  const { state = {} } = context;
  for (const [name, shape] of Object.entries(factsOf(select).state ?? {})) {
    const given: unknown = state[name];
    if (given === undefined) continue;
    checkTensor("router", `state.${name}`, given);
    if (given.rank === shape.length && given.shape.every((size, i) => size === (sizes[shape[i]] ?? size))) continue;
    throw new ShapeError(
      `router: select "${select}" needs state.${name} [${shape.join(", ")}] with K = ${config.topK} and E = ${scores.nExpert}, got ${show(given.shape)}`,
    );
  }
  return state as Partial<Record<StateName<S>, Tensor>>;
}

export interface Choosable {
  /** All [N, E]. */
  logits: Tensor;
  scores: Tensor;
  probs: Tensor;
  /** Experts that no token may choose in this step. */
  hidden: readonly number[];
  /** [N] place of each token in its text. */
  textPositions: ArrayLike<number>;
  /** [S + 1] see `Routing`. */
  sequenceStarts: Int32Array;
}

/** @returns the selection, and the scores by which a token's experts are ranked where one of them is full */
export function select(
  { logits, scores, probs, hidden, textPositions, sequenceStarts }: Choosable,
  config: RouterConfig,
  context: RouteContext,
): { selection: Selection; scored: Scored } {
  const [nToken, nExpert] = logits.shape;
  const facts = factsOf(config.select);
  const { selectionBias, training = false } = context;
  const common = { nToken, nExpert, ties: config.ties, textPositions };
  const values = (x: Tensor, bias?: ArrayLike<number>): Float64Array => shifted(read(x), nExpert, hidden, bias);
  const z = values(logits);
  const finer = facts.weight && !selectionBias ? { logits: z } : {};
  const scored: Scored = { ...common, ...finer, scores: values(scores, selectionBias) };
  const choice: Choice = {
    scores: scored,
    logits: { ...common, scores: z },
    get probs() {
      return { ...common, ...(facts.weight ? { logits: z } : {}), scores: values(probs) };
    },
    config,
    context,
    training,
    textPositions,
  };
  if (config.select === "soft")
    throw new RangeError('router: select "soft" mixes tokens instead of routing them: see SoftMoE');
  const choose: (choice: Choice) => Selection = table[config.select];
  const parted = facts.perSequence ?? (config.capacityPer === "sequence" && facts.dependsOnBatch !== undefined);
  if (!parted) return { selection: choose(choice), scored };
  const parts = Array.from({ length: sequenceStarts.length - 1 }, (_, s) => {
    const own = (x: Scored): Scored => rowsOf(x, sequenceStarts[s], sequenceStarts[s + 1]);
    return choose({ ...choice, scores: own(scored), logits: own(choice.logits), probs: own(choice.probs) });
  });
  return { selection: joined(parts, sequenceStarts), scored };
}

/** The ids of all tokens: integers from 0, below V where the selection keeps something for each of V tokens. */
function idsOf({ scores: { nToken }, config, context: { ids } }: Choice, vocabSize = Infinity): ArrayLike<number> {
  const named = `router: select "${config.select}"`;
  if (ids?.length !== nToken)
    throw new RangeError(`${named} needs { ids } of ${nToken} tokens, got ${ids?.length ?? "none"}`);
  const wrong = Array.from(ids).findIndex((id) => !(Number.isInteger(id) && id >= 0 && id < vocabSize));
  if (wrong >= 0)
    throw new RangeError(
      `${named} takes ids that are integers from 0${vocabSize < Infinity ? ` to below ${vocabSize}` : ""}, got ${ids[wrong]} for token ${wrong}`,
    );
  return ids;
}

/** GShard's draws: in training alone. */
function evenDraws(
  nToken: number,
  { secondExpert }: RouterConfig,
  { training, rng }: RouteContext,
): Float64Array | null {
  if (!training || secondExpert === "all") return null;
  if (!rng) throw new RangeError('router: select "gshard" needs a random generator in training: pass { rng }');
  return new Float64Array(nToken).map(() => rng.uniform());
}

/** A copy of the scores with the bias added and hidden experts at −∞. */
function shifted(
  scores: ArrayLike<number>,
  nExpert: number,
  hidden: readonly number[],
  bias?: ArrayLike<number>,
): Float64Array {
  const copy = new Float64Array(scores);
  if (bias) for (let i = 0; i < copy.length; i++) copy[i] += bias[i % nExpert];
  for (const e of hidden) for (let i = e; i < copy.length; i += nExpert) copy[i] = -Infinity;
  return copy;
}
