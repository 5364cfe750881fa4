/** Texts, tokenizers, batches. */
export { CharTokenizer, type Tokenizer } from "./tokenizer.js";
export { BpeTokenizer } from "./bpe/tokenizer.js";
export { type BpeOptions, bpeSteps, type BpeStep, trainBpe } from "./bpe/train.js";
export { type TokenizerFiles, tokenizerFiles, tokenizerFromJson } from "./tokenizerJson.js";
export { type Batch, Corpus, type CorpusOptions, type CorpusParts, type Split } from "./corpus.js";
export { copyTask, type CopyTaskOptions } from "./copyTask.js";
export { fromText, mobyDick, mobyDickText } from "./sources.js";
export { type Domain, fourDomains, mixture, type Mixture, type MixtureOptions } from "./mixture.js";
export { domainCorpora, domainCorpus, heldOut, type HeldOutOptions } from "./domains.js";
