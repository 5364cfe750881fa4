/** Texts, tokenizers, batches. */
export { CharTokenizer } from "./tokenizer.js";
export { type Batch, Corpus, type CorpusOptions, type CorpusParts, type Split } from "./corpus.js";
export { fromText, mobyDick, mobyDickText } from "./sources.js";
export { type Domain, fourDomains, mixture, type Mixture, type MixtureOptions } from "./mixture.js";
export { domainCorpora, domainCorpus, heldOut, type HeldOutOptions } from "./domains.js";
