/** What a page is about: a model of the table, or one whose config somebody dropped. */

import { account, type Account, type Config, type Model } from "twinformer/account";

export interface Subject {
  readonly name: string;
  /** Null where nothing was published. */
  readonly counted: Account | null;
  readonly config: Config | null;
  /** Of the table alone. */
  readonly model: Model | null;
  /** Tokens of the longest text, where the config has a field for it. */
  readonly longest: number | null;
}

export const ofTable = (model: Model): Subject => ({
  name: model.name,
  config: model.config,
  counted: model.config && account(model.config, { file: model.name }),
  model,
  longest: model.config && longestIn(model.config),
});

export const ofConfig = (name: string, config: Config): Subject => ({
  name,
  config,
  counted: account(config, { file: "config.json" }),
  model: null,
  longest: longestIn(config),
});

function longestIn(config: Config): number | null {
  const inner = config.text_config as Config | null | undefined;
  const named = [config, inner ?? {}].flatMap((one) => [
    one.n_positions,
    one.max_position_embeddings,
    one.n_ctx,
    one.blockSize,
  ]);
  return named.find((value): value is number => Number.isSafeInteger(value) && (value as number) > 0) ?? null;
}

/** What stands in an address: letters, digits, dots and dashes. */
export const slugOf = (name: string): string => name.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");

/** A length that the model can have: at most `tokens`. */
export const lengthOf = ({ longest }: Subject, tokens: number): number => Math.min(tokens, longest ?? tokens);

export const isMixture = ({ moeLayers }: Account): boolean => moeLayers > 0;
/** It reads a text, or a picture, as a whole and writes none. */
export const isEncoder = ({ caches, bothSides }: Account): boolean => caches.length === 0 && bothSides.length > 0;
export const isPair = ({ caches, bothSides }: Account): boolean => caches.length > 0 && bothSides.length > 0;
