/** How a router works, as plain words and numbers: every combination that makes sense is one of these. Knows no tensor. */

/** From logits zₑ to scores sₑ: softmax, sigmoid (DeepSeek-V3), or the softmax of cosines between token and expert (X-MoE). */
export type Score = "softmax" | "sigmoid" | "cosine";
/** Who chooses whom; each has a file in `select/`. */
export type Select =
  "topK" | "gshard" | "groupLimited" | "topP" | "expertChoice" | "hash" | "random" | "sinkhorn" | "base" | "soft";
/** What shakes the logits in training; each has a file in `noise/`. */
export type Noise = "none" | "normal" | "learned" | "jitter" | "gumbel";
/** In which order assignments take the places of an expert. */
export type Queue = "position" | "probability" | "random";
/** What becomes of an assignment whose expert is full. */
export type Overflow = "dropless" | "drop" | "nextBest";

/** Factors of the terms that keep experts in use; each has a file in `balance/`. All but `bias` are added to the loss. */
export interface BalanceFactors {
  /** Switch's E · Σ f P over the batch. */
  switch?: number;
  /** GShard's mean of c/N · m over first choices. */
  gshard?: number;
  /** CV² of the summed weights (Shazeer). */
  importance?: number;
  /** CV² of the smooth load (Shazeer); needs noise. */
  load?: number;
  /** Mean of logsumexp(z)² (ST-MoE): keeps logits small, balances nothing. */
  z?: number;
  /** Σ f P within each sequence (DeepSeek-V3). */
  sequence?: number;
  /** Not a loss: step of the selection bias (DeepSeek-V3). */
  bias?: number;
}

/** N tokens, E experts, K experts per token. */
export interface RouterConfig {
  /** K: experts per token; the most of them with "topP", their average with "expertChoice". */
  topK: number;
  /** Divide a token's weights by their sum. "kept" divides by the sum of those that found room. Default true for topK > 1. */
  renormalize: boolean | "kept";
  /** Default "softmax". */
  score: Score;
  /** Divides cosines: smaller is sharper. Default 0.07. */
  temperature: number;
  /** Default "topK". */
  select: Select;
  /** Who wins among equal scores: the expert that comes first, or one that differs from token to token. Default "first". */
  ties: "first" | "spread";
  /** Default "none". */
  noise: Noise;
  /** Size of the noise: a standard deviation for "normal" (default 1/E), the half-width for "jitter" (0.01), else a factor (1). */
  noiseScale: number;
  /** A number n stands for { switch: n }. Default 0.01 where there is a router to teach, else 0. */
  balance: number | BalanceFactors;
  /** Probability that an expert sits out a training step. Default 0. */
  expertDropout: number;
  /** Places of an expert as a multiple of its fair share N·K/E; null for no limit. Default null. */
  capacityFactor: number | null;
  /** The same at evaluation; "same" follows capacityFactor, whatever a copy of the config changes it to. Default "same". */
  evalCapacityFactor: number | null | "same";
  /** Places that an expert has at least. Default 1. */
  minCapacity: number;
  /** Whether places are counted over the whole batch or in each sequence for itself. Default "batch". */
  capacityPer: "batch" | "sequence";
  /** Default "position". */
  queue: Queue;
  /** All first choices are placed before any second one, or each token places all of its choices in turn. Default "slotMajor". */
  order: "slotMajor" | "tokenMajor";
  /** Default "dropless" without a capacity, else "drop". */
  overflow: Overflow;
  /** Experts that every token passes through besides. Default 0. */
  nSharedExpert: number;
  /** Groups of neighboring experts, with "groupLimited". Default 1. */
  nGroup: number;
  /** Groups that a token may use. Default 1. */
  topKGroup: number;
  /** Score of a group: its best expert (DeepSeek-V2) or the sum of its best two (V3). Default "top2". */
  groupScore: "max" | "top2";
  /** Probability that a token's experts must cover together, with "topP". Default 0.5. */
  topP: number;
  /** When GShard's second expert is used: always, with probability 2·g₂ (GShard) or g₂ / 0.2 (ST-MoE). Default "random". */
  secondExpert: "all" | "random" | "threshold";
  /** Multiplies all weights (DeepSeek's routed_scaling_factor). Default 1. */
  scale: number;
  /** Weights are exactly 1/K going forward, and the scores' going backward. Default false. */
  straightThrough: boolean;
  /** A learned offset per expert in the router. Default false. */
  routerBias: boolean;
  /** Slots of each expert, with "soft". Default 1. */
  nSlot: number;
}
