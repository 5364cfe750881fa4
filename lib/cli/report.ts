/** What `count` and `compare` say of one model, as data. */

import type { Account } from "../account/account.js";
import { expression } from "../account/expression.js";
import type { Kind } from "../account/part.js";
import { cacheBytes, cacheBytesPerToken, reservedCacheBytes } from "../account/memory/cache.js";
import { DTYPES, type Dtype, weightBytes } from "../account/memory/dtypes.js";
import { shippedWeights } from "../account/memory/shipped.js";
import { partRows } from "../account/text/tree.js";
import type { Options } from "./options.js";
import type { Counted } from "./source.js";

export interface Component {
  readonly component: Kind;
  readonly total: bigint;
  readonly active: bigint;
}

/** The kinds of parameters that the model has. */
export function components({ byKind, activeByKind }: Account): Component[] {
  const rows = (Object.keys(byKind) as Kind[]).map((component) => ({
    component,
    total: byKind[component],
    active: activeByKind[component],
  }));
  return rows.filter(({ total }) => total > 0n);
}

export const weights = (counted: Account): Record<Dtype, number> =>
  Object.fromEntries(DTYPES.map((dtype) => [dtype, Math.round(weightBytes(counted, dtype))])) as Record<Dtype, number>;

/** The maker's figures as printed; a dense model's total works whole. */
export function published({ model, account: a }: Counted): { total: string; active: string; remark: string } | null {
  if (!model) return null;
  const { total, active = a.moeLayers === 0 ? total : "not published" } = model.published;
  return { total, active, remark: model.remark ?? "" };
}

/** The object that `--json` prints: counts are exact integers, bytes are whole. */
export function jsonReport(counted: Counted, options: Options): Record<string, unknown> {
  const { name, model, account: a } = counted;
  const { tokens, batch, kvDtype: dtype, tree, formula } = options;
  const figures = published(counted);
  const shipped = shippedWeights(a);
  return {
    name,
    model_type: a.modelType,
    counted_as: a.countedAs,
    source: model?.source ?? null,
    published_total: figures?.total ?? null,
    published_active: figures?.active ?? null,
    remark: figures?.remark ?? "",
    total: a.total,
    active: a.active,
    active_without_input_embed: a.activeWithoutInputEmbedding,
    active_without_embed: a.activeWithoutEmbeddings,
    total_without_embed: a.totalWithoutEmbeddings,
    embed: a.byKind.embedding,
    lm_head: a.byKind.head,
    tied: a.tied,
    position_embed: a.byKind.position,
    router_params: a.byKind.router,
    expert_params_each: a.oneExpert,
    n_experts: a.experts.total,
    top_k: a.experts.topK,
    shared_experts: a.experts.shared,
    shared_expert_params: a.byKind["shared expert"],
    routed_expert_params: a.byKind.expert,
    layers: a.layers,
    moe_layers: a.moeLayers,
    dense_layers: a.layers - a.moeLayers,
    attention_params: a.byKind.attention,
    dense_mlp_params: a.byKind["feed-forward"],
    norm_params: a.byKind.norm,
    other_params: a.byKind.other,
    persistent_buffers: a.buffers.total,
    total_with_buffers: a.total + a.buffers.total,
    total_checkpoint: a.total + a.buffers.total, // the first name of the same
    components: components(a),
    weight_bytes: weights(a),
    shipped: shipped && {
      quant_method: shipped.method,
      bytes: shipped.bytes === null ? null : Math.round(shipped.bytes),
      parts: shipped.rows.map(({ bytes, ...row }) => ({ ...row, bytes: Math.round(bytes) })),
    },
    kv_cache_bytes_per_token: cacheBytesPerToken(a, dtype),
    kv_cache_bytes: {
      tokens,
      batch,
      dtype,
      bytes: cacheBytes(a, { tokens, batch, dtype }),
      reserved_bytes: reservedCacheBytes(a, { tokens, batch, dtype }),
    },
    notes: [...a.notes, ...(shipped?.notes ?? [])],
    ...(tree ? { tree: partRows(a).map(treeRow) } : {}),
    ...(formula ? { formula: formulaOf(a) } : {}),
  };
}

const treeRow = ({ activeTimes, ...row }: ReturnType<typeof partRows>[number]): Record<string, unknown> => ({
  ...row,
  active_times: activeTimes,
});

/** The count in the config's letters, and the letters that occur in it. */
export function formulaOf(a: Account): {
  total: string;
  active: string;
  letters: { letter: string; value: bigint; field: string }[];
} {
  const [total, active] = [expression(a.tree, "total"), expression(a.tree, "active")];
  const letters = a.letters
    .filter(({ letter }) => new RegExp(`\\b${letter}\\b`).test(`${total} ${active}`))
    .map(({ letter, value, field }) => ({ letter, value, field }));
  return { total, active, letters };
}
