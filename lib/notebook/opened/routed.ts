/** What the routers of a model decided on one text, and the figures of it. */

import { flowRows, loadRows, tokenRows } from "../../moe/metrics/figures.js";
import { type RoutingRow, routingRows } from "../../moe/metrics/rows.js";
import type { Routing } from "../../moe/routing.js";
import {
  capacityBars,
  collapseChart,
  expertsPerToken,
  type Figure,
  type FrameOptions,
  loadChart,
  queues,
  routerHeatMap,
  shareCurve,
  softmaxSteps,
  tokenFlow,
} from "../../plot/index.js";
import type { Overflow } from "../../config/router/fields.js";
import { checkIntegers } from "../../config/options.js";
import type { Picture } from "../picture.js";
import { kindOf } from "./tokens.js";
import * as rows from "./rows.js";

export interface OneLayer extends FrameOptions {
  /** Which of the mixtures, from 0. Default 0. */
  readonly layer?: number;
}

/** One text through a model: its tokens, and the routing of each layer that has experts. Each method is a figure of it, with the
 *  options of the figure of the same kind in `twinformer/plot`; shown as it is, it shows four of them. */
export class Routed implements Picture {
  readonly name = "routing";
  readonly description: string;

  constructor(
    readonly ids: readonly number[],
    /** Each token as text; its id where there is no tokenizer that decodes. */
    readonly tokens: readonly string[],
    /** One for each mixture, in order: the real thing, for all that `twinformer/moe` measures. */
    readonly routings: readonly Routing[],
    /** Which block of the model each is, from 0. */
    readonly layers: readonly number[],
    /** False where the tokens are mere numbers. */
    private readonly hasWords: boolean,
  ) {
    const { nExpert } = routings[0];
    this.description = `${ids.length} tokens in ${layers.length} layers of ${nExpert} experts`;
  }

  /** Load, entropy, effective and dead experts, and the rest, a row a layer. */
  get rows(): RoutingRow[] {
    return routingRows(this.routings);
  }

  /** What share of the tokens each expert of each layer has got, as the text goes on. */
  load(options: FrameOptions = {}): Figure {
    const xLabel = "tokens read";
    return loadChart(loadRows(this.routings), { ...options, xLabel, steps: this.ids.length });
  }

  /** How many experts are in use, as the text goes on: a line a layer. */
  effective(options: FrameOptions = {}): Figure {
    const subtitle = "e to the entropy of the load so far · a line: one layer";
    const { nExpert } = this.routings[0];
    const found = rows.effectiveRows(this.routings, this.layers);
    return collapseChart(found, { subtitle, ...options, nExpert, xLabel: "tokens read", steps: this.ids.length });
  }

  /** What each router says of each token, and where that goes. Shows the first 56 tokens. */
  heatMap(options: FrameOptions = {}): Figure {
    const isEven = this.routings.every(({ topK, capacity }) => topK !== null && capacity === null);
    return routerHeatMap(tokenRows(this.routings, this.tokens, { layers: this.layers }), {
      ...(isEven ? {} : { topK: null }), // of a mixture with a capacity some tokens find fewer places
      ...options,
    });
  }

  /** Which tokens go to which expert.
   *  @param options.kind sorts the tokens, default by what sort of characters they begin with; ids without words by their last digit */
  flow({ kind, ...options }: FrameOptions & { readonly kind?: (token: string) => string } = {}): Figure {
    const of = kind ?? (this.hasWords ? kindOf : (id: string) => `id …${id.slice(-1)}`);
    const { nExpert } = this.routings[0];
    return tokenFlow(flowRows(this.routings, this.tokens.map(of), { layers: this.layers }), { nExpert, ...options });
  }

  /** From the logits of one token to its weights. Throws where they are not the softmax over the chosen experts.
   *  @param options.token its place in the text, default 0 */
  gates({ layer = 0, token = 0, ...options }: OneLayer & { readonly token?: number } = {}): Figure {
    checkIntegers("gates", { token }, { from: 0, below: this.ids.length });
    const title = `From logits to weights: token ${token} in layer ${this.layers[this.#at("gates", layer)] + 1}`;
    return softmaxSteps(rows.gateRows(this.routings[layer], token), { title, ...options });
  }

  /** On how many experts each token works. */
  perToken(options: FrameOptions = {}): Figure {
    return expertsPerToken(rows.perTokenRows(this.routings, this.layers), options);
  }

  /** Entropy of the routers and of their loads, as shares of ln E, by layer. */
  entropy(options: FrameOptions = {}): Figure {
    const words = {
      title: "How undecided are the routers, and how even is the load?",
      subtitle: "entropy as a share of its largest value, ln E",
      xLabel: "layer",
      yLabel: "of ln E",
      top: 1,
    };
    return shareCurve(rows.entropyRows(this.rows, this.layers), { ...words, ...options });
  }

  /** Who would stand where if each expert had only so many places: the tokens of the text in their order.
   *  @param options.factor places as a multiple of the fair share, default 1  @param options.overflow default "drop" */
  queues({ layer = 0, factor = 1, overflow = "drop", ...options }: OneLayer & rows.Capacity = {}): Figure {
    const routing = this.routings[this.#at("queues", layer)];
    const { lines, capacity } = rows.queueRows(routing, this.tokens, { factor, overflow });
    return queues(lines, { nExpert: routing.nExpert, capacity, ...options });
  }

  /** Who would find a place, by capacity, under either rule of overflow. */
  capacity({ layer = 0, factors, ...options }: OneLayer & { readonly factors?: readonly number[] } = {}): Figure {
    const policies: Overflow[] = ["drop", "nextBest"];
    const routing = this.routings[this.#at("capacity", layer)];
    return capacityBars(rows.capacityRows(routing, policies, factors), options);
  }

  html(options?: { readonly still?: boolean }): string {
    return [this.load(), this.heatMap(), this.flow(), this.entropy()].map((figure) => figure.html(options)).join("");
  }

  #at(method: string, layer: number): number {
    checkIntegers(method, { layer }, { from: 0, below: this.layers.length });
    return layer;
  }
}
