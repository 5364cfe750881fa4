/** How many floating-point operations a step takes, by component. */

import { checkWord } from "../../config/options.js";
import type { Account, Kind } from "../account.js";
import { checkStep, type StepOptions, tokensOf } from "../step.js";
import { type LookOptions, looksOf } from "./looks.js";
import { type Product, productsOf } from "./products.js";

export interface FlopsOptions extends LookOptions {
  /** Which tokens get scores for the next one: in prefill the "last" of a text, which is all that generating needs, or "all", as in
   *  training. An encoder's head sees all. Default "last". */
  head?: "last" | "all";
}

/** What a row of FLOPs is for: a kind of parameters, or what no weight takes part in. "attention" is its matrices alone. */
export type FlopsKind = Kind | "attention scores and values" | "state";

export interface FlopsRow {
  readonly component: FlopsKind;
  readonly flops: number;
}

export interface Flops {
  /** Components that take any, in the order of the model; they sum to `total`. */
  readonly rows: readonly FlopsRow[];
  readonly total: number;
}

/** FLOPs of one step for all texts of a batch. A multiply-add counts 2; counted are the products with matrices and convolutions, those
 *  of queries with keys and of scores with values, and states that are written and read. Left out, as in most counts: norms, softmax,
 *  activation functions, biases, residuals, rotary positions, the choice of experts. Of experts those count that the router chooses.
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { flops } from "twinformer/cost";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  console.log(flops(mixtral, { phase: "decode", context: 1000 }).total / 1e9); // 26.02 GFLOPs for one more token
 *  ```
 */
export function flops(counted: Account, options: FlopsOptions): Flops {
  const { batch, ...step } = checkStep("flops", options);
  const { mask = "causal", latent, head = "last" } = options;
  checkWord("flops", "mask", mask, ["causal", "square"]);
  if (latent !== undefined) checkWord("flops", "latent", latent, ["absorbed", "expanded"]);
  checkWord("flops", "head", head, ["last", "all"]);
  const sums = new Map<FlopsKind, number>();
  const add = (component: FlopsKind, products: number): void => {
    if (products > 0) sums.set(component, (sums.get(component) ?? 0) + 2 * batch * products);
  };
  const rows = rowsOf(counted, step, head);
  for (const product of productsOf(counted)) add(product.kind, product.products * rows(product));
  const { attention, state } = looksOf(counted, { ...options, ...step });
  add("attention scores and values", attention);
  add("state", state);
  return {
    rows: [...sums].map(([component, flops]) => ({ component, flops })),
    total: [...sums.values()].reduce((total, flops) => total + flops, 0),
  };
}

/** How many tokens of one text are multiplied by a weight. */
export function rowsOf(
  counted: Account,
  step: StepOptions,
  head: "last" | "all" = "last",
): (product: Pick<Product, "kind" | "per">) => number {
  const tokens = tokensOf(counted, step);
  const writes = counted.caches.length > 0;
  return ({ kind, per }) => (kind === "head" && head === "last" && writes ? 1 : tokens[per]);
}

export interface TrainingRow {
  readonly component: FlopsKind;
  readonly forward: number;
  readonly backward: number;
}

/** FLOPs of one step of training, over texts of `context` tokens whose every token is predicted. Backward takes twice the forward's:
 *  each product has a gradient for both of its factors. Attention that computes its scores again (FlashAttention) and layers that
 *  do (checkpointing) take more.
 *  @example
 *  ```ts
 *  import { account } from "twinformer/account";
 *  import { trainingFlops } from "twinformer/cost";
 *
 *  const gpt2 = account({ model_type: "gpt2" });
 *  const { rows, total } = trainingFlops(gpt2, { context: 1024 });
 *  console.log(rows.length, total / 1024 / Number(gpt2.total)); // a little more than 6 a token and parameter: attention
 *  ```
 */
export function trainingFlops(
  counted: Account,
  { context, batch = 1 }: Omit<StepOptions, "phase">,
): { rows: readonly TrainingRow[]; total: number } {
  checkStep("trainingFlops", { phase: "prefill", context, batch });
  const { rows, total } = flops(counted, { phase: "prefill", context, batch, head: "all" });
  return {
    rows: rows.map(({ component, flops: forward }) => ({ component, forward, backward: 2 * forward })),
    total: 3 * total,
  };
}
