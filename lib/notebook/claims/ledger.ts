/** The ledger of claims: what is widely said of transformers and mixtures of experts, in short sentences of our own, and where. */

const SOURCES = {
  interview: "AI Interview Series #4: Transformers vs Mixture of Experts (MoE), MarkTechPost",
  newsletter: "Transformer vs. Mixture of Experts in LLMs, a newsletter",
  video: "Transformers vs MoE: Which AI Architecture Wins?, a video's summary",
  article: "Transformers vs MoE, an article",
} as const;

const ledger = {
  A1: ["Both share one backbone; only the feed-forward part differs.", "interview", "newsletter", "video"],
  A2: ["Attention sees the whole sequence at once; several heads capture several dependencies.", "video", "article"],
  A3: ["Positional encoding brings in the order of the tokens.", "article"],
  A4: ["Layer norms and residual connections keep deep models stable.", "article"],
  A5: ["A transformer processes a sequence in parallel, where an RNN steps through it.", "article"],
  A6: ["An MoE replaces the feed-forward layer by several smaller ones, the experts.", "interview", "newsletter"],
  A7: ["An MoE adds to the transformer and keeps its core.", "video"],
  A8: ["The feed-forward layer treats each token on its own.", "article"],
  B1: [
    "The router is a classifier over experts that is trained with the network.",
    "interview",
    "newsletter",
    "article",
  ],
  B2: ["Only the top-k experts run for a token.", "interview", "newsletter", "video", "article"],
  B3: ["Different tokens choose different experts, and different layers choose differently.", "interview"],
  B4: ["Experts specialize.", "interview", "article"],
  B5: ["In a dense model every token takes the same path.", "interview"],
  B6: ["Only a few experts are active per step.", "article"],
  C1: ["Mixtral 8x7B has 46.7 billion parameters and uses about 13 billion for a token.", "interview", "newsletter"],
  C2: ["With more experts the total grows, and the work for a token stays the same.", "interview", "video"],
  C3: ["An MoE is faster at inference than a dense model with as many parameters.", "interview", "newsletter", "video"],
  C4: ["An MoE scales without proportional hardware, down to small devices.", "video", "article"],
  C5: ["A dense model grows only by more layers or by wider feed-forward layers.", "interview"],
  C6: ["Llama 2 70B needs powerful hardware.", "interview"],
  C7: ["GPT-3 dwarfs BERT-large: its weights alone are 350 GB in float16.", "newsletter"],
  C8: ["One fine-tuned copy for each user is impossible; LoRA and QLoRA solve this.", "newsletter"],
  C9: ["GLaM and Switch are MoE models, T5, BERT and ViT are dense.", "article"],
  C10: ["It is known what GPT-4 is: dense, says one; an MoE, says another.", "interview", "article"],
  D1: ["The router keeps choosing the same experts from the start, and the others starve.", "interview", "newsletter"],
  D2: ["Noise on the router's output gives other experts a chance.", "interview", "newsletter"],
  D3: ["With all but the top k logits at minus infinity, other experts get to train, too.", "newsletter"],
  D4: ["Some experts receive far more tokens than others.", "interview", "newsletter"],
  D5: ["A capacity limits the tokens of an expert.", "interview", "newsletter"],
  D6: ["At the limit a token goes to its next best expert.", "newsletter"],
  D7: ["Balancing mechanisms make sure that all experts are used fairly.", "article"],
  D8: ["An MoE is harder to train than a dense model.", "interview", "article"],
  D9: ["Switch combines sparse layers, load balancing and better stability.", "article"],
  D10: ["The hybrid of both is the best of both worlds.", "video", "article"],
  D11: ["These mechanisms guarantee that all experts stay active and balanced.", "interview"],
  E1: ["An MoE is sparser, more efficient, more scalable, more specialized and quicker, and more complex.", "article"],
  E2: ["MoE suits large language models and small devices; for pictures it is limited.", "article"],
  E3: ["Transformer or MoE: one of the two wins.", "video", "interview", "newsletter"],
} as const satisfies Record<string, readonly [words: string, ...from: (keyof typeof SOURCES)[]]>;

export type ClaimId = keyof typeof ledger;

export const claimIds = Object.keys(ledger) as ClaimId[];

/** What the ledger says of a claim: its sentence, and the titles of those who make it. */
export function claimed(id: ClaimId): { readonly words: string; readonly sources: readonly string[] } {
  const [words, ...from] = ledger[id];
  return { words, sources: from.map((name) => SOURCES[name]) };
}
