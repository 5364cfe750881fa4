/** A copy of the model for each user, without copying it: everybody has adapters of his own beside one frozen base. */

import { checkIntegers } from "../../config/options.js";
import { checkIsCorpus, type Corpus } from "../../data/corpus.js";
import { checkModel, type Transformer } from "../../models/transformer.js";
import { Linear } from "../../nn/linear.js";
import { applyLora, loraState } from "../../nn/lora.js";
import type { StateDict } from "../../nn/module.js";
import { saveSafetensors } from "../../nn/state/safetensors.js";
import { Generator } from "../../tensor/random.js";
import { evaluate } from "../evaluate.js";
import { checkPlan, train } from "../loop.js";

export interface AdaptersOptions {
  /** r of every adapter. Default 4. */
  rank?: number;
  /** The layers that get one, as `applyLora` finds them. Default queries and values, as in the paper of LoRA. */
  names?: readonly string[];
  /** Of each user. */
  steps: number;
  batchSize: number;
  /** Default 1e-2: adapters start from nothing, and take more than a whole model. */
  lr?: number;
  /** Of first weights and batches. Default 0. */
  seed?: number;
  /** Blocks of held-out text that each loss is taken on. Default: all. */
  evalBlocks?: number;
}

/** Held-out loss of the base with somebody's adapters, or without any, on somebody's text. */
export interface AdapterLoss {
  /** Whose adapters; "none": the base alone. */
  adapters: string;
  /** Whose text. */
  text: string;
  /** Nats per token. */
  loss: number;
}

export interface Adapters {
  /** By user: what was trained, to be put back by `loadStateDict` with `{ strict: false }` after `applyLora`. */
  states: Record<string, StateDict>;
  /** Every user's adapters, and none, on every user's text. */
  losses: AdapterLoss[];
  /** Tensors of the base that training changed: none. */
  changed: string[];
  /** Numbers that were trained for a user, and those of the base. */
  parameters: { adapters: number; base: number };
  /** Bytes of a file (safetensors, 16 bits): of a user's adapters, and of a whole model. */
  bytes: { adapters: number; copy: number };
}

/** Trains adapters for the text of each user (a corpus by its name), one after the other beside the same frozen model, and then tries all
 *  on all texts. The model is left as it was, without adapters.
 *  @example
 *  const text = "to be or not to be, that is the question. ".repeat(30);
 *  const corpus = new Corpus(text, { name: "Hamlet" });
 *  const base = transformer({ vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8 });
 *  const { changed, losses } = await adaptersForUsers(base, [corpus], { steps: 30, batchSize: 4 });
 *  changed; // => []
 *  losses[1].loss < losses[0].loss; // => true */
export async function adaptersForUsers(
  model: Transformer,
  users: readonly Corpus[],
  { rank = 4, names = ["query", "value"], lr = 1e-2, ...options }: AdaptersOptions,
): Promise<Adapters> {
  checkModel("adaptersForUsers", model);
  const { seed, ...plan } = checkPlan("adaptersForUsers", { ...options, lr });
  checkIntegers("adaptersForUsers", { rank }, { from: 1 });
  for (const user of users) checkIsCorpus("adaptersForUsers", user);
  const twice = users.find(({ name }, i) => name === "none" || users.findIndex((one) => one.name === name) < i);
  if (twice)
    throw new RangeError(`adaptersForUsers: users need names of their own, and not "none", got "${twice.name}"`);
  const base = model.stateDict();
  const trainable = model.parameters().filter(({ requiresGrad }) => requiresGrad);
  const losses = lossesOn("none");
  applyLora(model, names, { rng: new Generator(seed).fork("adapters"), rank });
  try {
    const adapters = model.trainableParameters();
    const untrained = loraState(model);
    const states: Record<string, StateDict> = {};
    for (const user of users) {
      model.loadStateDict(untrained, { strict: false });
      for await (const _ of train(model, user, { ...plan, seed, name: user.name }));
      states[user.name] = loraState(model);
    }
    const after = model.stateDict();
    for (const [name, state] of Object.entries(states)) {
      model.loadStateDict(state, { strict: false });
      losses.push(...lossesOn(name));
    }
    return {
      states,
      losses,
      changed: Object.keys(base).filter((name) => base[name].data.some((value, i) => value !== after[name].data[i])),
      parameters: { adapters, base: model.totalParameters() - adapters },
      bytes: { adapters: fileBytes(untrained), copy: fileBytes(base) },
    };
  } finally {
    for (const layer of model.modules()) if (layer instanceof Linear) layer.adapter = null;
    for (const parameter of trainable) parameter.requiresGrad = true;
  }

  function lossesOn(adapters: string): AdapterLoss[] {
    const { evalBlocks: blocks } = plan;
    return users.map((user) => ({ adapters, text: user.name, loss: evaluate(model, user, { blocks }) }));
  }
}

const fileBytes = (state: StateDict): number => saveSafetensors(state, {}, { dtype: "f16" }).length;
