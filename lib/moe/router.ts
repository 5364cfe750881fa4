/** The router: a linear classifier over the experts, trained with everything else. */

import { linear } from "../tensor/ops/matmul.js";
import { zeros } from "../tensor/create.js";
import { add } from "../tensor/ops/elementwise.js";
import { type Generator, randn, streamOf } from "../tensor/random.js";
import { read, type Tensor } from "../tensor/tensor.js";
import { buffer, Module, parameter } from "../nn/module.js";
import { markLibraryForward } from "../nn/recycling.js";
import { routerBuffers, routerDefaults, routerShapes } from "../config/router/defaults.js";
import type { RouterConfig } from "../config/router/fields.js";
import { checkIntegers } from "../config/options.js";
import { checkTopK } from "./check.js";
import { routerProblem } from "../config/router/problems.js";
import { factsOf } from "../config/router/selections.js";
import { jitter } from "./noise.js";
import { routed } from "./route.js";
import type { RouteContext, Routing } from "./routing.js";
import { cosineLogits } from "./scores.js";
import { newState } from "./select/table.js";

export interface RouterOptions extends Partial<RouterConfig> {
  rng: Generator;
  /** Standard deviation of the first weights. Default 0.02: every expert starts about equally likely. */
  std?: number;
  /** V: number of different tokens, for a selection that keeps something for each of them ("table"). */
  vocabSize?: number;
}

/** Scores every expert for every token, x [N, D] -> logits [N, E], and routes by its config. */
export class Router extends Module {
  static {
    markLibraryForward(this);
  }

  /** [E, D]; null where the selection looks at no logits. */
  readonly weight: Tensor | null;
  /** [E], with `routerBias`. */
  readonly bias: Tensor | null;
  /** [E, D] Wₙ of noise "learned". Zero at first: every expert gets noise of std softplus(0) = 0.69. */
  readonly noiseWeight: Tensor | null;
  /** [E] of balance.bias and balance.quantile: moves the choice, is not trained, and belongs to the state all the same. */
  selectionBias: Tensor | null = null;
  /** What the selection keeps, by name, as "table" its tid2eid [V, K]: not trained either, and of the state all the same. */
  readonly state: Readonly<Record<string, Tensor>>;
  readonly config: RouterConfig;
  /** Experts that no token may choose, not part of the state: see `withoutExperts`. */
  off: readonly number[] = [];
  /** E with the null experts: below, E is this number. */
  readonly nScored: number;
  /** Of all that it draws: noise, dropout of experts, random choices. Not #private: `namedGenerators` finds it. */
  private readonly rng: Generator;

  constructor(
    dModel: number,
    readonly nExpert: number,
    { rng, std = 0.02, vocabSize, ...input }: RouterOptions,
  ) {
    super();
    if (input.topK !== undefined) checkTopK("router", input.topK, nExpert);
    this.config = routerDefaults(input, nExpert);
    const problem = routerProblem(this.config, nExpert);
    if (problem) throw new RangeError(`router: ${problem}`);
    const own = streamOf("Router", rng);
    const { nSlot, nNullExpert, select, topK } = this.config;
    this.nScored = nExpert + nNullExpert;
    const sizes = { E: this.nScored, D: dModel, "E·S": nExpert * nSlot };
    const { weight, bias, noiseWeight } = routerShapes(this.config, sizes);
    this.weight = weight && parameter(randn(weight, own.fork("weight"), { std }));
    this.bias = bias && parameter(zeros(bias), "bias");
    this.noiseWeight = noiseWeight && parameter(zeros(noiseWeight));
    if (Object.values<readonly string[]>(factsOf(select).state ?? {}).some((shape) => shape.includes("V")))
      checkIntegers(`router: select "${select}"`, { vocabSize }, { from: 1 });
    const kept = routerBuffers(this.config, { V: vocabSize ?? 0, E: this.nScored, K: topK });
    this.renewSelectionBias();
    const state = Object.entries(newState(select, kept.state, this.nScored));
    this.state = Object.fromEntries(state.map(([name, numbers]) => [name, buffer(numbers)]));
    this.rng = own.fork("draws");
  }

  /** A selection bias of zeros where the balance begins to have one, and none where it no longer has; one that is there stays. */
  renewSelectionBias(): void {
    const { selectionBias } = routerBuffers(this.config, { V: 0, E: this.nScored, K: this.config.topK });
    this.selectionBias = selectionBias && (this.selectionBias ?? buffer(zeros(selectionBias)));
  }

  /** x [N, D] -> Routing. In training only there is noise; everything else needs no mention of it. */
  forward(rows: Tensor, context: Omit<RouteContext, "rng" | "selectionBias" | "state"> = {}): Routing {
    const { noise, noiseScale } = this.config;
    const shaken = context.training && noise === "jitter" ? jitter(rows, noiseScale, this.rng) : rows;
    return routed(this.logits(shaken), this.config, {
      ...context,
      rng: this.rng,
      state: this.state,
      off: this.off,
      ...(this.noiseWeight && context.training ? { spread: linear(rows, this.noiseWeight as Matrix) } : {}),
      ...(this.selectionBias ? { selectionBias: read(this.selectionBias).slice() } : {}),
    });
  }

  /** [N, E], without noise. */
  logits(rows: Tensor): Tensor {
    if (!this.weight) return zeros([rows.shape[0], this.nScored]);
    const { score, temperature } = this.config;
    if (score !== "cosine") return linear(rows, this.weight as Matrix, this.bias as Tensor<[number]> | null);
    const cosines = cosineLogits(rows, this.weight, temperature);
    return this.bias ? add(cosines, this.bias) : cosines;
  }
}

type Matrix = Tensor<[number, number]>;
