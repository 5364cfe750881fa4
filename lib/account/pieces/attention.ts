/** Attention layers, shared by the families. Rotary positions have no parameters. */

import type { Cache } from "../architecture.js";
import { group, linear, type Part, rmsNorm } from "../part.js";
import type { Size } from "../size.js";

export interface GroupedSizes {
  D: Size;
  /** Query heads, key-value heads, and the size of one head. */
  H: Size;
  Hkv: Size;
  K: Size;
}

export interface GroupedOptions {
  name?: string;
  /** Offsets of the query, key and value projections, and of the output projection. Default none. */
  bias?: boolean;
  outputBias?: boolean;
  outputName?: string;
  /** One RMS norm for each head's query and key, shared by all heads ("head"), or over all heads at once ("all"). */
  qkNorm?: "head" | "all" | null;
  normNames?: readonly [string, string];
  more?: readonly Part[];
}

/** Queries for H heads, keys and values for H_kv: each group of H / H_kv heads reads the same keys and values.
 *  q [H·K, D], k and v [H_kv·K, D], o [D, H·K]. Source: Ainslie et al. 2023, https://arxiv.org/abs/2305.13245 */
export function groupedAttention({ D, H, Hkv, K }: GroupedSizes, options: GroupedOptions = {}): Part {
  const { name = "self_attn", bias = false, outputBias = bias, outputName = "o_proj", qkNorm = null } = options;
  const [qName, kName] = options.normNames ?? ["q_norm", "k_norm"];
  const [queries, keys] = [H.times(K), Hkv.times(K)];
  return group(
    name,
    linear("q_proj", "attention", queries, D, bias),
    linear("k_proj", "attention", keys, D, bias),
    linear("v_proj", "attention", keys, D, bias),
    linear(outputName, "attention", D, queries, outputBias),
    qkNorm ? rmsNorm(qName, qkNorm === "all" ? queries : K, "attention") : [],
    qkNorm ? rmsNorm(kName, qkNorm === "all" ? keys : K, "attention") : [],
    options.more ?? [],
  );
}

/** A key and a value of size K for each of the H_kv heads. */
export function groupedCache(
  { H, Hkv, K }: Omit<GroupedSizes, "D">,
  layers: Size,
  window: number | null = null,
): Cache {
  const form = Hkv.value === H.value ? "MHA" : Hkv.value === 1n ? "MQA" : "GQA";
  return { form, layers, numbers: Hkv.times(K).times(2), window, products: looksAt({ H, K }) };
}

/** The same of a text that an encoder has read. */
export const sourceCache = (sizes: Omit<GroupedSizes, "D">, layers: Size): Cache => ({
  ...groupedCache(sizes, layers),
  of: "source",
});

/** Attention that looks at what an encoder has read: keys and values are made of its tokens. */
export const acrossSides = (part: Part): Part => ({
  ...part,
  parts: (part.parts ?? []).map((inner) => (KEY_OR_VALUE.test(inner.name) ? { ...inner, per: "source" } : inner)),
});
const KEY_OR_VALUE = /^(self\.)?(k|v|key|value|k_proj|v_proj|c_attn)\./;

/** Multiply-adds of one token with another: K for the score of each head, K for its value. */
export const looksAt = ({ H, K }: Pick<GroupedSizes, "H" | "K">): Size => H.times(K).times(2);
