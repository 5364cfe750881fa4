import type { Question } from "../question.js";

/** Level 3: the hardest, where a good answer shows both halves. */
export const third: readonly Question[] = [
  {
    id: "which-wins",
    theme: "training",
    question: "Transformer or MoE: which wins?",
    answer:
      "It depends on what is equal. Small twins, five seeds: the MoE wins under {wins} of four contracts. Beside a dense model that uses as many parameters, the difference of the losses (MoE minus dense) is {steps} nats after equal steps and {clock} after equal time.",
    proof: {
      at: "12-interview#contracts-said",
      values: {
        wins: { words: "the MoE wins # of 4", is: 3 },
        steps: { row: "equal active size, equal steps", column: "difference", is: -0.06878, within: 1e-5 },
        clock: { row: "equal active size, equal seconds", column: "difference", is: 0.05952, within: 1e-5 },
      },
    },
    ask: { value: "wins", unit: "of four contracts does the recorded MoE win" },
    then: {
      question: "Why is it behind by the clock?",
      answer: "Choosing and sorting cost time in every step, with the same products beside.",
    },
    wrong: {
      says: "The MoE is the best of both worlds.",
      but: "In every size that notebook 10 measured its step takes {tax} times as long as the step of a dense model of equal active size, so after equal time it has made fewer.",
      proof: { at: "10-which#tax-table", values: { tax: { words: "Its step takes #", above: 1 } } },
    },
    evening: 4,
  },
  {
    id: "dense-worth",
    theme: "training",
    question: "Which dense model is an MoE worth: one of its active size, its total size, or between?",
    answer:
      "That depends on the training. On the ladder of dense models in notebook 10, {none} of the mixtures are worth no more than their active size. In the runs of notebook 03 the MoE is per step beyond even its total size: the difference of the losses is {total} nats, and the interval does not contain zero ({low} to {high}).",
    proof: { at: "10-which#worth-says", values: { none: { words: "# of", is: 0 } } },
    then: {
      question: "Is that a law?",
      answer:
        "No: one size, a short training, one learning rate for all. After 80 steps the dense model of equal total size was ahead, by {first} nats.",
    },
    wrong: {
      says: "An MoE is worth a dense model of its active size.",
      but: "At equal active size and steps it is ahead: the interval ends at {end}, below zero.",
      proof: {
        at: "03-twin#claim-d10",
        values: {
          end: { claim: "equal active.to", is: -0.0576 },
          total: { claim: "equal total.difference", is: -0.0602 },
          low: { claim: "equal total.from", is: -0.0724 },
          high: { claim: "equal total.to", is: -0.0479 },
          first: { claim: "equal total, first.difference", is: 0.103 },
        },
      },
    },
  },
  {
    id: "not-14",
    theme: "sizes",
    question: "Two experts of 7 billion should make 14. Why do 12.9 billion parameters work on a token of Mixtral?",
    answer:
      "Attention, embeddings and norms are shared: twice Mistral 7B, {twice}, counts {counted} twice. Two experts in each layer are {experts}.",
    proof: {
      at: "12-interview#gate-sum",
      values: {
        twice: { row: "twice Mistral", column: "parameters", is: 14_483_464_192, as: "billion" },
        counted: { row: "counted twice", column: "parameters", is: 1_604_587_520, as: "billion" },
        experts: { row: "two experts", column: "parameters", is: 11_274_289_152, as: "billion" },
      },
    },
    ask: { value: "counted", unit: "billion parameters are counted twice in 14.5", per: 1e9 },
    then: {
      question: "What is in the shared part of Mixtral that Mistral 7B lacks?",
      answer: "The routers. The shared part is {shared}, a little more than what was counted twice.",
    },
    wrong: {
      says: "12.9 in place of 14, because the gate makes a weighted sum.",
      but: "Weights of a sum remove no parameter. The difference is the shared part: {shared} with the routers.",
      proof: {
        at: "12-interview#gate-sum",
        values: { shared: { row: "shared", column: "parameters", is: 1_605_636_096, as: "billion" } },
      },
    },
  },
  {
    id: "share-of-compute",
    theme: "sizes",
    question: "Two of eight experts: does a token take a quarter of the compute of a dense model of equal total size?",
    answer:
      "A little more. Attention, head and router work on every token: {mixtral} of Mixtral's parameters are active, not a quarter. In DeepSeek-V3 it is {deepseek}, where 8 of 256 would be {experts}.",
    proof: {
      at: "12-interview#share",
      values: {
        mixtral: { row: "Mixtral-8x7B", column: "ofParameters", is: 0.27578, within: 1e-5, as: "percent" },
        deepseek: { row: "DeepSeek-V3", column: "ofParameters", is: 0.05596, within: 1e-5, as: "percent" },
        experts: { row: "DeepSeek-V3", column: "ofExperts", is: 0.03125, as: "percent" },
      },
    },
    ask: { value: "mixtral", unit: "% of Mixtral's parameters are active", per: 0.01 },
    then: {
      question: "And if all eight experts worked on each token?",
      answer: "{all} times the FLOPs of two: less than four times, for the same reason.",
    },
    wrong: {
      says: "An MoE is an ensemble of its experts.",
      but: "An ensemble runs all of them: {all} times the FLOPs.",
      proof: {
        at: "12-interview#all-experts",
        values: { all: { words: "all 8 experts: # times", is: 3.65 } },
      },
    },
  },
  {
    id: "why-ffn",
    theme: "routing",
    question: "Why experts in the feed-forward layer, and not in attention?",
    answer:
      "The feed-forward layer treats each token alone: change one token, and {ffn} result changes. In attention {attention} did, so tokens with different experts could not be compared with each other.",
    proof: {
      at: "02-transformer#claim-ffn",
      values: {
        attention: { words: "\n# and 1 (you wrote", is: 20 },
        ffn: { words: "\n20 and # (you wrote", is: 1 },
      },
    },
    then: {
      question: "Is it ever done in attention?",
      answer: "Yes, for the projections of a token, which are again its own. The keys must still fit each other.",
    },
    wrong: {
      says: "Because attention has few parameters anyway.",
      but: "It has {share} % of the weights of a small block here. The reason is that its tokens need the same tables.",
      proof: {
        at: "03-twin#weights",
        values: { share: { words: "attention: 49,152 weights, # %", is: 33.3 } },
      },
    },
  },
  {
    id: "dropout",
    theme: "routing",
    question: "Is an MoE a kind of dropout?",
    answer:
      "No: dropout's parts can stand in for each other. Give each expert of the trained twin its neighbor's tokens, and the loss rises from {whole} to {exchanged} nats.",
    proof: {
      at: "12-interview#dropout",
      values: {
        whole: { words: "loss #, with", is: 2.29, within: 0.02 },
        exchanged: { words: "exchanged #", is: 6.79, within: 0.3 },
      },
    },
    then: {
      question: "And what of an MoE with a random router?",
      answer: "Then no expert could count on getting certain tokens, and so could not specialize in them.",
    },
    wrong: {
      says: "Which expert a token gets hardly matters.",
      but: "With the experts exchanged the twin is worse than by guessing all 512 tokens evenly, which is 6.24 nats.",
      proof: { at: "12-interview#dropout", values: { worse: { words: "exchanged #", above: 6.24 } } },
    },
  },
  {
    id: "fatal-drop",
    theme: "capacity",
    question: "Is dropping tokens fatal?",
    answer:
      "It depends on the layer. In the trained twin a factor of 1 costs {third} nats in layer 3, {first} in layer 1, and {all} in all four layers.",
    proof: {
      at: "12-interview#dropping-said",
      values: {
        first: { row: "1", column: "extra", is: 0.165, within: 0.02 },
        third: { row: "3", column: "extra", is: 0.002, within: 0.005 },
        all: { row: "1, 2, 3, 4", column: "extra", is: 0.22, within: 0.03 },
      },
    },
    then: {
      question: "Why is it not fatal at all?",
      answer: "The residual carries the token on; later layers still work on it.",
    },
    wrong: {
      says: "A dropped token is lost.",
      but: "The layer adds exactly {output} to it, and it goes on.",
      proof: {
        at: "07-capacity#code-10b",
        values: { output: { words: "largest output of a dropped token: #", is: 0 } },
      },
    },
  },
  {
    id: "small-batch",
    theme: "balance",
    question: "Over which batch should the balance loss count?",
    answer:
      "Over a large one. Of 64 tokens even a perfectly fair router shows a spread (CV) of {few}, of 32,768 tokens {many}. On a small batch the loss fights mere chance.",
    proof: {
      at: "12-interview#small-batch",
      values: {
        few: { row: 64, column: "cv", is: 0.33072, within: 1e-5 },
        many: { row: 32_768, column: "cv", is: 0.014616, within: 1e-6 },
      },
    },
    ask: { value: "few", unit: "is the CV of a fair load of 8 experts over 64 tokens" },
    then: {
      question: "What else does a small batch forbid?",
      answer: "Specialists: a batch that is one subject must then be spread over all experts.",
    },
    wrong: {
      says: "All tokens of my batch of one went to one expert: collapse!",
      but: "So few tokens prove nothing. At 512 tokens chance alone still gives a CV of {chance}.",
      proof: {
        at: "12-interview#small-batch",
        values: { chance: { row: 512, column: "cv", is: 0.11693, within: 1e-5 } },
      },
    },
  },
];
