import type { Question } from "../question.js";

/** Level 3, second half: many machines, adapting, and what experts know. */
export const hardest: readonly Question[] = [
  {
    id: "temperature-0",
    theme: "capacity",
    question: "Temperature 0, the same text, and yet another answer. How?",
    answer:
      "With a capacity, tokens of other texts compete for the same places: among fifteen others the logits of our text moved by {capped}. Without a limit by {free}, which is rounding.",
    proof: {
      at: "07-capacity#code-24b",
      values: {
        free: { words: "no limit: logits differ by up to #;", below: 1e-4 },
        capped: { words: "factor 1, drop: logits differ by up to #;", above: 0.01 },
      },
    },
    then: {
      question: "And without any capacity?",
      answer: "Another order of adding rounds otherwise, and a choice near a tie may flip.",
    },
    wrong: {
      says: "What others send has no influence on my answer.",
      but: "With a capacity the logits moved by {moved}, by nothing but the company.",
      proof: {
        at: "07-capacity#code-24b",
        values: { moved: { words: "factor 1, drop: logits differ by up to #;", above: 0.01 } },
      },
    },
  },
  {
    id: "replay",
    theme: "training",
    question: "What is routing replay in reinforcement learning, and why is it needed?",
    answer:
      "The engine that writes and the one that trains round differently, so some tokens get other experts. Rounding the trained twin's logits to 16 bits changes the choice of {changed} of 1,024 tokens in some of the four layers. Replay records the choices and uses them again.",
    proof: {
      at: "12-interview#replay-said",
      values: { changed: { words: "# of 1024 tokens", is: 5, within: 4 } },
    },
    then: {
      question: "Why is it worse in a large model?",
      answer: "It has more layers and more experts. At this rate alone, 58 layers make {many} % of the tokens.",
    },
    wrong: {
      says: "Two engines with the same weights choose the same experts.",
      but: "With rounding alone, in 58 layers, {many} % of the tokens would choose otherwise somewhere.",
      proof: { at: "12-interview#replay-said", values: { many: { words: "58 such layers: # %", is: 7, within: 5 } } },
    },
  },
  {
    id: "parallel",
    theme: "speed",
    question: "Data, tensor, pipeline and expert parallelism: what does each divide?",
    answer:
      "The texts, each table, the layers, the experts. On eight cards each holds {data} GB of Mixtral under data parallelism, {tensor} under tensor, and {expert} under expert parallelism, where what is no expert is on every card.",
    proof: {
      at: "12-interview#parallel",
      values: {
        data: { row: "data", column: "gigabytes", is: 93.4056, within: 1e-4 },
        tensor: { row: "tensor", column: "gigabytes", is: 11.6757, within: 1e-4 },
        expert: { row: "expert", column: "gigabytes", is: 14.4856, within: 1e-4 },
      },
    },
    ask: { value: "expert", unit: "GB of Mixtral in 16 bits are on each of 8 cards under expert parallelism" },
    then: {
      question: "What does expert parallelism send?",
      answer: "Rows of tokens, to the experts and back, in every layer.",
    },
    wrong: {
      says: "Expert parallelism divides the model by the number of cards.",
      but: "A card holds {expert} GB, and an eighth of the model is {eighth}.",
      proof: {
        at: "12-interview#parallel",
        values: { eighth: { row: "pipeline", column: "gigabytes", is: 11.6757, within: 1e-4 } },
      },
    },
  },
  {
    id: "all-to-all",
    theme: "speed",
    question: "Which share of the rows leaves its device in an all-to-all over G devices?",
    answer:
      "(G − 1)/G of them: {formula} with eight, {measured} of random choices here. And all that twice: dispatch and combine.",
    proof: {
      at: "12-interview#all-to-all",
      values: {
        formula: { row: 8, column: "(G − 1) / G", is: 0.875, as: "percent" },
        measured: { row: 8, column: "measured", is: 0.86975, within: 1e-5, as: "percent" },
      },
    },
    ask: { value: "formula", unit: "% of the rows leave their device with eight devices", per: 0.01 },
    then: {
      question: "How does DeepSeek-V3 keep it small between machines?",
      answer: "A token may use experts of four machines only: then fewer copies of its row travel between machines.",
    },
    wrong: {
      says: "A faster network makes it disappear: computing is the larger part.",
      but: "On 64 cards, on paper, sending one layer's rows takes {eight} times as long as the experts' work.",
      proof: {
        at: "08-inference#code-78",
        values: {
          eight: { row: 256, column: "times", is: 5.5956, within: 1e-3 },
        },
      },
    },
  },
  {
    id: "lora",
    theme: "adapting",
    question: "LoRA on an MoE: on attention, on all experts, or on the relevant ones?",
    answer:
      "On our twin, rank 4 trains {attention} numbers on queries and values, {all} on all experts, and {relevant} on the relevant ones, which get half of the router's weight on the new text. ESFT trains those experts whole: {esft} numbers.",
    proof: {
      at: "11-adapting#ways-b",
      values: {
        attention: { words: "attention: #", is: 8192 },
        all: { words: " experts: #", is: 116_736 },
        relevant: { words: "relevant: #", is: 47_424, within: 12_000 },
        esft: { words: "ESFT: #", is: 878_592, within: 220_000 },
      },
    },
    ask: { value: "again", unit: "million parameters has LoRA of rank 16 on all experts of Mixtral", per: 1e6 },
    then: {
      question: "What is the trouble with adapters on all experts?",
      answer: "Each gets the gradient of its own tokens alone: rare experts learn from few tokens.",
    },
    wrong: {
      says: "A user's adapter is small on whatever part of the model.",
      but: "Of rank 16 on all experts of Mixtral it is {ratio} times as large as on queries and values: {again} parameters, of which one token passes through {active}.",
      proof: {
        at: "12-interview#lora-said",
        values: {
          ratio: { words: "experts / attention: #", is: 33.2 },
          again: { row: "all experts", column: "total", is: 226_492_416, as: "billion" },
          active: { row: "all experts", column: "active", is: 56_623_104, as: "billion" },
        },
      },
    },
  },
  {
    id: "prune",
    theme: "adapting",
    question: "You must remove a quarter of the experts. Which, and what does it cost?",
    answer:
      "Not those that work most: on English and program text the trained twin loses {most} nats without the two most used of each layer, {least} without the two least used. Counting is a start. REAP keeps those that write most, by weight times length of the output. On all four texts the twin loses {load} by load, {reap} by REAP.",
    proof: {
      at: "11-adapting#prune-table",
      values: {
        load: { row: "load", column: "mean", above: 0.8 },
        reap: { row: "REAP", column: "mean", above: 0.5 },
      },
    },
    then: {
      question: "Used by whom?",
      answer: "By the text that counts for you. Experts that are idle in English may carry the program text.",
    },
    wrong: {
      says: "Rarely used experts cost nothing.",
      but: "Without the two least used of each layer the loss rises all the same, by {least} nats.",
      proof: {
        at: "12-interview#prune",
        values: {
          least: { row: "least used", column: "extra", is: 0.268, within: 0.05 },
          most: { row: "most used", column: "extra", is: 1.378, within: 0.2 },
        },
      },
    },
  },
  {
    id: "depths",
    theme: "routing",
    question: "How does an MoE relate to Mixture-of-Depths?",
    answer:
      "There a router decides whether a token is worked on at all. Null experts put it into an MoE: with two of eight that do nothing, {rows} rows are computed for 1,024 tokens, not 2,048, and {idle} tokens use no working expert.",
    proof: {
      at: "12-interview#null-experts",
      values: {
        rows: { words: "# rows computed", is: 1581 },
        idle: { words: "#, 397, 592 of 1024", is: 35 },
      },
    },
    then: {
      question: "What makes the work per token vary usefully?",
      answer: "Training: easy tokens must learn to choose the experts that do nothing. A new router does it by chance.",
    },
    wrong: {
      says: "In an MoE every token costs the same.",
      but: "Not with null experts: {two} of 1,024 tokens use two, the others fewer.",
      proof: {
        at: "12-interview#null-experts",
        values: { two: { words: "35, 397, # of 1024", is: 592 } },
      },
    },
  },
  {
    id: "design",
    theme: "sizes",
    question: "Design the next MoE, with the work per token of Mixtral.",
    answer:
      "Cut finer before you grow: 32 narrow experts, 8 at work, cost the same parameters and give {sets} sets in place of 28. Then grow the number: 64 narrow ones hold {total} at the same work, and weigh {weight} in 4 bits. Stop where the cards end.",
    proof: {
      at: "12-interview#design",
      values: {
        sets: { row: "32 narrow", column: "sets", is: 10_518_300 },
        total: { row: "64 narrow", column: "total", is: 91_807_289_344, as: "billion" },
        weight: { row: "64 narrow", column: "int4", is: 48_097_665_024, as: "bytes" },
      },
    },
    then: {
      question: "What must you add, and what measure?",
      answer:
        "A balance over the whole batch, the router in 32 bits; load by layer, max violation, and the loss at equal time.",
    },
    wrong: {
      says: "More experts always pay: the work stays.",
      but: "They must be held: {total} in place of {mixtral}, and a batch reads them all.",
      proof: {
        at: "12-interview#design",
        values: { mixtral: { row: "8 wide", column: "total", is: 46_702_792_704, as: "billion" } },
      },
    },
  },
  {
    id: "specialists",
    theme: "training",
    question: "Do experts become experts for subjects?",
    answer:
      "Partly. In the first layer of the trained twin an expert says {subject} of the domain and {token} of the token (normalized mutual information: 0 is nothing, 1 is all). Shuffled among equal tokens, domains give up to {shuffled}: in that layer little is beyond the token.",
    proof: {
      at: "09-experts#nmi-table",
      values: {
        subject: { row: 1, column: "domain", is: 0.2661, within: 0.03 },
        token: { row: 1, column: "token", is: 0.5365, within: 0.03 },
        shuffled: { row: 1, column: "equal tokens, up to", is: 0.2455, within: 0.03 },
      },
    },
    ask: {
      value: "trained",
      unit: "of 6 rows of notebook 03 tell more of the subject than characters explain, once trained",
    },
    then: {
      question: "What is the fair baseline?",
      answer:
        "Subjects shuffled among equal characters. Above mere chance is any router, even untrained: before training {before} of 6 rows were above characters.",
    },
    wrong: {
      says: "Experts are math, code, poetry.",
      but: "They tell more of the character than of the subject; what is beyond characters came with training, from {before} of 6 rows to {trained}.",
      proof: {
        at: "03-twin#before-after",
        values: {
          before: { words: "before training: more than characters in # of 6", is: 1 },
          trained: { words: "after training: more than characters in # of 6", is: 6 },
        },
      },
    },
    evening: 5,
  },
];
