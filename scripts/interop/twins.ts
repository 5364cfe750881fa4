/** Random twins of every form that has an equal, saved with what they compute; transformers computes the same in twins.py. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { activations, type ConfigInput } from "../../lib/config/model.js";
import { savePretrained, type Transformer, transformer } from "../../lib/models/index.js";
import { joinedBalanceLoss } from "../../lib/moe/index.js";
import { type FloatFormat, loadSafetensors, saveSafetensors, type StateDict } from "../../lib/nn/index.js";
import { crossEntropy, fromArray, Generator, noGrad, slice, type Tensor } from "../../lib/tensor/index.js";
import { compare, tolerances } from "../golden/compare.js";
import { attempt, type Outcome } from "../golden/report.js";

const V = 16;
const llama = { normalization: "rmsNorm", positions: "rotary", gated: true } as const;

/** Which options a twin of each form may have besides those of all. */
const forms = {
  gpt2: (pick: Pick) => ({ bias: pick(true, false) }),
  llama: (pick: Pick) => ({ ...llama, bias: pick(true, false) }),
  mixtral: (pick: Pick) => ({ ...llama, ...experts(pick), renormalize: true }),
  qwen2_moe: (pick: Pick) => ({
    ...llama,
    ...experts(pick),
    nSharedExpert: pick(1, 2),
    renormalize: pick(true, false),
  }),
} satisfies Record<string, (pick: Pick) => Partial<ConfigInput>>;
export const targets = Object.keys(forms) as (keyof typeof forms)[];

type Pick = <T>(...values: T[]) => T;
const experts = (pick: Pick) => ({ nExpert: pick(2, 5), topK: pick(1, 2), dExpert: pick(4, 6, 8) });

export async function writeTwins(folder: string, count: number, seed: number): Promise<void> {
  for (const target of targets)
    for (let own = 1000 * seed; own < 1000 * seed + count; own++) {
      const rng = new Generator(own).fork(target);
      const pick: Pick = (...values) => values[rng.below(values.length)];
      const nHead = pick(1, 2, 4);
      const shape = { vocabSize: V, blockSize: 24, nLayer: pick(1, 2, 3), nHead, dModel: nHead * pick(4, 8) };
      const config = { ...shape, dHidden: pick(8, 20), activation: pick(...activations), ...forms[target](pick) };
      const dtype = pick<FloatFormat>("f32", "f16", "bf16");
      const twin = moved(transformer(config, { seed: own }), rng, dtype).eval();
      const place = join(folder, `${target}-${own}`);
      mkdirSync(place, { recursive: true });
      await savePretrained(twin, place, { dtype });
      writeFileSync(join(place, "expected.safetensors"), saveSafetensors(noGrad(() => computed(twin, rng))));
    }
}

/** Weights far from their first ones, of which nothing is lost in the file. */
function moved(twin: Transformer, rng: Generator, dtype: FloatFormat): Transformer {
  for (const p of twin.parameters()) p.storage.f32().forEach((w, i, all) => (all[i] = w + 0.3 * rng.normal()));
  twin.loadStateDict(loadSafetensors(saveSafetensors(twin.stateDict(), {}, { dtype })).state);
  return twin;
}

const idsOf = (rows: readonly (readonly number[])[]): Tensor<[number, number]> =>
  fromArray(rows.flat(), [rows.length, rows[0].length], "int32");

function computed(twin: Transformer, rng: Generator): StateDict {
  const rows = [1, 2].map(() => Array.from({ length: 11 }, () => rng.below(V)));
  const ids = idsOf(rows);
  const { logits, routings } = twin.forward(ids);
  const loss = crossEntropy(slice(logits, 1, 0, 10), slice(ids, 1, 1, 11));
  const auxiliary = joinedBalanceLoss(routings);
  const text = rows[0].slice(0, 4);
  for (let i = 0; i < 8; i++) {
    const scores = twin
      .forward(idsOf([text]))
      .logits.toTypedArray()
      .slice(-V);
    text.push(scores.indexOf(Math.max(...scores)));
  }
  const numbers = (x: Tensor) => ({ shape: [...x.shape], data: x.toTypedArray() });
  return {
    input_ids: numbers(ids),
    logits: numbers(logits),
    loss: numbers(loss),
    ...(auxiliary ? { aux_loss: numbers(auxiliary) } : {}),
    generated_ids: numbers(idsOf([text])),
  };
}

/** What transformers computed beside what the twin did. */
export const checkTwin = (folder: string, name: string): Outcome =>
  attempt(name, "twin", (outcome) => {
    const read = (file: string) => loadSafetensors(readFileSync(join(folder, name, file))).state;
    const [expected, actual] = [read("expected.safetensors"), read("actual.safetensors")];
    for (const [field, numbers] of Object.entries(expected)) {
      const tolerance = field.endsWith("_ids") ? tolerances.exact : tolerances.modelOutput;
      outcome.add(compare(field, actual[field] ?? { shape: [], data: [] }, numbers, tolerance));
    }
  });
