/** Tokenizers of published models, by @huggingface/tokenizers. Our own ones are in `twinformer/data`. */
export { loadTokenizer } from "./load.js";
export { LoadedTokenizer, type SpecialTokens } from "./loaded.js";
