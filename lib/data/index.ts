/** Texts, tokenizers, batches. */
export { CharTokenizer } from "./tokenizer.js";
export { type Batch, Corpus, type CorpusOptions, type Split } from "./corpus.js";
export { fromText, mobyDick } from "./sources.js";
