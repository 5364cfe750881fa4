/** Any Hugging Face folder, opened to be looked at. */

import type { Account } from "../../account/account.js";
import { checkObject } from "../../config/options.js";
import { type Config, configIn, familyOf } from "../../models/pretrained/config.js";
import { type Pretrained, pretrainedIn } from "../../models/pretrained/load.js";
import { MoE } from "../../moe/moe.js";
import type { Checkpoint } from "../../nn/state/checkpoint.js";
import { checkpointIn } from "../../nn/state/checkpoint.js";
import type { Folder } from "../../nn/state/files.js";
import { type CheckpointSource, folderOf } from "../../nn/state/folder.js";
import { evaluating } from "../../nn/module.js";
import { noGrad } from "../../tensor/autograd.js";
import { fromArray } from "../../tensor/create.js";
import { named } from "../../text/show.js";
import type { Picture } from "../picture.js";
import { countedBeside } from "./counted.js";
import { openedHtml } from "./html.js";
import { Routed } from "./routed.js";
import { type TextToIds, tokensOf } from "./tokens.js";
import { type DtypeRow, dtypeRows, type TensorRow, tensorRows } from "./weights.js";

export interface OpenModelOptions {
  /** For `routing` of a text. */
  readonly tokenizer?: TextToIds | null;
}

/** A model of a folder: what it is, from its config and the headers of its files. Shown as it is, a page with its family, counts,
 *  memory and parts. */
export class OpenedModel implements Picture {
  readonly name = "model";
  readonly description: string;
  readonly config: Config;
  /** `model_type`; "unknown" where the config has none. */
  readonly family: string;
  /** The count from the config; null where no family is near enough to count it. */
  readonly account: Account | null;
  /** Numbers in the files that are not in the count, negative where some are missing; null where there is no count, or the weights are
   *  quantized. Then a sentence on it. */
  readonly difference: bigint | null;
  readonly comparison: string;
  /** Why it cannot be run here; null where it can. */
  readonly problem: string | null;
  /** What the files hold, by number format and by name. */
  readonly dtypes: readonly DtypeRow[];
  readonly tensors: readonly TensorRow[];
  readonly #folder: Folder;
  readonly #tokenizer: TextToIds | null;
  #loaded: Promise<Pretrained> | null = null;

  constructor(folder: Folder, config: Config, checkpoint: Checkpoint, tokenizer: TextToIds | null) {
    this.#folder = folder;
    this.#tokenizer = tokenizer;
    this.config = config;
    this.family = typeof config.model_type === "string" ? named(config.model_type) : "unknown";
    const { account, difference, sentence } = countedBeside(config, checkpoint);
    this.account = account;
    this.difference = difference;
    this.comparison = sentence;
    this.problem = problemOf(config);
    this.dtypes = dtypeRows(checkpoint);
    this.tensors = tensorRows(checkpoint);
    const numbers = this.dtypes.reduce((sum, row) => sum + row.numbers, 0);
    this.description = account
      ? `${this.family}: ${account.total.toLocaleString("en")} parameters, ${account.active.toLocaleString("en")} active`
      : `${this.family}: ${numbers.toLocaleString("en")} numbers in its files`;
  }

  /** The model itself, read at the first call. Throws what `loadPretrained` does. */
  load(): Promise<Pretrained> {
    this.#loaded ??= pretrainedIn(this.#folder).catch((error: unknown) => {
      this.#loaded = null; // so that it can be tried again
      throw error;
    });
    return this.#loaded;
  }

  /** What the routers decide on a text, with the figures of it. Throws for a model without experts.
   *  @param text a text, for which there must be a tokenizer, or ids */
  async routing(text: string | ArrayLike<number>, { tokenizer }: OpenModelOptions = {}): Promise<Routed> {
    const encoder = tokenizer ?? this.#tokenizer;
    const { ids, words } = tokensOf(text, encoder);
    if (this.account?.moeLayers === 0) throw new RangeError(`routing: ${this.family} is dense, it has no experts`);
    const { model } = await this.load();
    const layers = model.blocks.flatMap(({ feedForward }, i) => (feedForward instanceof MoE ? [i] : []));
    if (layers.length === 0) throw new RangeError(`routing: this ${this.family} has no layer with experts`);
    const run = (): Routed => {
      const { routings } = model.forward(fromArray(ids, [1, ids.length], "int32"));
      return new Routed(ids, words, routings, layers, typeof encoder?.decode === "function");
    };
    return evaluating(model, () => noGrad(run));
  }

  html(options?: { readonly still?: boolean }): string {
    return openedHtml(this, options);
  }
}

/** Opens any Hugging Face folder and says what it is; no weights are read before they are needed. What `account` can count it shows
 *  as a tree with total and active parameters, checked against the files; a family that this library runs gives its model and its
 *  routing; of any other it lists what the files hold. Throws one sentence for a folder without config.json or weights.
 *  @param source the path (or file: URL) of the folder, in Node; its files, as a page has them; or their bytes by name
 *  @example
 *  const files = {
 *    "config.json": new TextEncoder().encode('{ "model_type": "mine" }'),
 *    "model.safetensors": saveSafetensors({ "layers.0.w": { shape: [2], data: [1, 2] }, "layers.1.w": { shape: [2], data: [3, 4] } }),
 *  };
 *  const opened = await openModel(files);
 *  opened.tensors; // => [{ name: "layers.*.w", shape: [2], dtype: "F32", count: 2, numbers: 4 }] */
export async function openModel(source: CheckpointSource, options: OpenModelOptions = {}): Promise<OpenedModel> {
  checkObject("openModel", "options", options);
  const folder = await folderOf(source);
  const config = await configIn(folder);
  return new OpenedModel(folder, config, await checkpointIn(folder), options.tokenizer ?? null);
}

function problemOf(config: Config): string | null {
  try {
    familyOf(config);
    return null;
  } catch (error) {
    return (error as Error).message.replace(/^loadPretrained: /, "");
  }
}
