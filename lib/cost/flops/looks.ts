/** What attention and states multiply besides weights, and how many tokens a token looks at. */

import type { Account, Cache } from "../account.js";
import { sourceTokens, type StepOptions, tokensOf } from "../step.js";

export interface LookOptions extends StepOptions {
  /** "causal": a token looks back, at what its window or indexer leaves. "square": at all tokens of its text, as code does that computes
   *  all scores and masks what lies behind. Default "causal". */
  mask?: "causal" | "square";
  /** Latent attention (MLA): "absorbed", queries meet the compressed row; "expanded", each head's keys and values are made from
   *  it. Default "expanded" in prefill and "absorbed" in decode, as engines do it, since that is the cheaper of both. */
  latent?: "absorbed" | "expanded";
}

/** Multiply-adds for one text. */
export interface Looks {
  /** Scores and values of attention. */
  readonly attention: number;
  /** States that are written and read, in all that takes attention's place. */
  readonly state: number;
}

export function looksOf(counted: Account, options: LookOptions): Looks {
  const { phase, context, mask = "causal", latent = phase === "decode" ? "absorbed" : "expanded" } = options;
  const tokens = tokensOf(counted, options);
  const source = sourceTokens(counted, context);
  const sum = { attention: 0, state: 0 };
  for (const cache of counted.caches) {
    const { layers, readers = layers, products, expanded = products, form, of } = cache;
    const each = Number(readers.value * (latent === "expanded" ? expanded : products).value);
    if (form === "state") sum.state += each * tokens.text;
    else if (of === "source") sum.attention += each * tokens.text * source;
    else if (mask === "square") sum.attention += each * tokens.text * context;
    else if (phase === "decode") sum.attention += each * entriesAt(cache, context);
    else sum.attention += each * entriesUpTo(cache, tokens.text);
  }
  for (const { layers, products, window, of } of counted.bothSides) {
    const rows = of === "source" ? tokens.source : tokens.text;
    const at = mask === "square" ? rows : Math.min(rows, window ?? Infinity);
    sum.attention += Number(layers.value * products.value) * rows * at;
  }
  return sum;
}

/** Entries that a text of `context` tokens ends with: what its last token looks at. */
export const entriesAt = ({ window, every = 1, most = Infinity }: Cache, context: number): number =>
  Math.min(Math.floor(Math.min(context, window ?? Infinity) / every), most);

/** The same, summed over the first, second, ... and last token of a text. */
function entriesUpTo(cache: Cache, tokens: number): number {
  // The j-th entry is looked at from token j · every on.
  const { every = 1 } = cache;
  const full = entriesAt(cache, tokens);
  return full * (tokens + 1) - (every * full * (full + 1)) / 2;
}
