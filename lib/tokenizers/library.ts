/** What we use of @huggingface/tokenizers, whose own types lead to files without endings, which TypeScript's NodeNext does not follow. */

import * as library from "@huggingface/tokenizers";

export interface Library {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
  decode(
    ids: readonly number[],
    options: { skip_special_tokens: boolean; clean_up_tokenization_spaces: boolean },
  ): string;
  id_to_token(id: number): string | undefined;
  readonly model: { readonly vocab: string[] };
  readonly normalizer: { normalize(text: string): string } | null;
  readonly decoder: Decoder;
}

export interface Decoder {
  readonly config: { readonly type: string };
  /** Of a Sequence. */
  readonly decoders?: readonly Decoder[];
  /** Of a ByteFallback. */
  text_decoder?: { decode(bytes: Uint8Array): string };
}

export const { Tokenizer } = library as unknown as { Tokenizer: new (json: object, config: object) => Library };
