/** Texts, tokenizers, batches. */
export { CharTokenizer, type Tokenizer } from "./tokenizer.js";
export { BpeTokenizer } from "./bpe/tokenizer.js";
export { type BpeOptions, bpeSteps, type BpeStep, trainBpe } from "./bpe/train.js";
export { type TokenizerFiles, tokenizerFiles, tokenizerFromJson } from "./tokenizerJson.js";
export { type Batch, Corpus, type CorpusOptions, type Split } from "./corpus.js";
export { fromText, mobyDick, mobyDickText } from "./sources.js";
export { type Domain, fourDomains, mixture, type Mixture, type MixtureOptions } from "./mixture.js";
