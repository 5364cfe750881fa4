/** Texts, tokenizers, batches. */
export { CharTokenizer } from "./tokenizer.js";
export { type Batch, Corpus, type CorpusOptions, type Split } from "./corpus.js";
export { fromText, mobyDick, mobyDickText } from "./sources.js";
export { type Domain, fourDomains, mixture, type Mixture, type MixtureOptions } from "./mixture.js";
