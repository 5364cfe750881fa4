/** `params.json` with `configs/`: parameters by component, one case a row. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Account, account } from "../../lib/account/index.js";
import { readJson } from "./data.js";
import { attempt, type Outcome } from "./report.js";

type Row = Readonly<Record<string, unknown>> & { readonly name: string };

/** What a row may expect, counted. Sums are exact: JSON numbers are, below 2^53. */
const FIELDS: Readonly<Record<string, (counted: Account) => bigint | number | boolean | readonly string[]>> = {
  total: (a) => a.total,
  active: (a) => a.active,
  embed: (a) => a.byKind.embedding,
  lm_head: (a) => a.byKind.head,
  tied: (a) => a.tied,
  position_embed: (a) => a.byKind.position,
  active_without_embed: (a) => a.activeWithoutEmbeddings,
  active_without_input_embed: (a) => a.activeWithoutInputEmbedding,
  total_without_embed: (a) => a.totalWithoutEmbeddings,
  router_params: (a) => a.byKind.router,
  expert_params_each: (a) => a.oneExpert,
  n_experts: (a) => a.experts.total,
  top_k: (a) => a.experts.topK,
  shared_experts: (a) => a.experts.shared,
  shared_expert_params: (a) => a.byKind["shared expert"],
  routed_expert_params: (a) => a.byKind.expert,
  layers: (a) => a.layers,
  moe_layers: (a) => a.moeLayers,
  dense_layers: (a) => a.layers - a.moeLayers,
  attention_params: (a) => a.byKind.attention,
  dense_mlp_params: (a) => a.byKind["feed-forward"],
  norm_params: (a) => a.byKind.norm,
  other_params: (a) => a.byKind.other,
  persistent_buffers: (a) => a.buffers.total,
  persistent_buffer_names: (a) => [...a.buffers.names].sort(),
  total_checkpoint: (a) => a.total + a.buffers.total,
};
/** What no config says: where the file is from, and what others published or recalled about the model. */
const ABOUT =
  /^(name|hub_id|(hub_)?model_type|source_of_config|confidence|note|counted_via|transformers|published_.*|headline_explanation|hub_total_.*|cross_check_.*)$/;

export function runParams(directory: string, file: string, rows: unknown): Outcome[] {
  if (!Array.isArray(rows)) throw new Error("it is no list of rows");
  return (rows as Row[]).map((row) =>
    attempt(file, row.name, (outcome) => {
      const path = join(directory, "configs", `${row.name}.json`);
      if (!existsSync(path)) throw new Error(`configs/${row.name}.json is missing`);
      const counted = account(readJson(path), { file: `configs/${row.name}.json` });
      for (const [field, expected] of Object.entries(row)) {
        if (ABOUT.test(field)) continue;
        if (!(field in FIELDS)) outcome.fail(`the library counts nothing that is called ${field}`);
        else outcome.add(difference(field, FIELDS[field](counted), expected));
      }
    }),
  );
}

function difference(field: string, counted: unknown, expected: unknown): ReturnType<typeof exact> {
  if (typeof counted === "bigint" || typeof counted === "number") return exact(field, counted, expected);
  const wanted: unknown = Array.isArray(expected) ? [...(expected as string[])].sort() : expected;
  const [a, e] = [JSON.stringify(counted), JSON.stringify(wanted)];
  return { absolute: 0, relative: 0, reason: a === e ? null : `${field} is ${a}, expected ${e}` };
}

function exact(field: string, counted: bigint | number, expected: unknown) {
  const whole = typeof expected === "number" && Number.isInteger(expected);
  if (whole && BigInt(counted) === BigInt(expected)) return { absolute: 0, relative: 0, reason: null };
  const absolute = whole ? Math.abs(Number(BigInt(counted) - BigInt(expected))) : Infinity;
  const relative = whole ? absolute / Math.abs(expected) : Infinity;
  return { absolute, relative, reason: `${field} is ${counted}, expected ${JSON.stringify(expected)}` };
}
