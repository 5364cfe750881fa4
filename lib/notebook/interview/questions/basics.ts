import type { Question } from "../question.js";

/** Level 1, second half. */
export const basics: readonly Question[] = [
  {
    id: "balance-value",
    theme: "balance",
    question:
      "Write down Switch's balance loss. What is it at an even load, what if one of two experts has everything?",
    answer:
      "E · Σ f · P: shares of the tokens times mean probabilities. It is {even} at an even load, and {all} if the router is sure of one expert for all.",
    proof: {
      at: "06-imbalance#loss-table",
      values: {
        even: { row: "even load", column: "loss", is: 1 },
        all: { row: "all sure of expert 0", column: "loss", is: 2 },
      },
    },
    ask: { value: "all", unit: "is the balance loss if the router is sure of one of two experts" },
    then: {
      question: "Can it be perfect while all tokens go to one expert?",
      answer: "Yes: all undecided, and ties go to the first one. f is one-hot, P even, and the loss is {tied}.",
    },
    wrong: {
      says: "The balance loss is smallest when both f and P are uniform.",
      but: "Six undecided tokens and four that are sure of expert 1 give {lowest}.",
      proof: {
        at: "06-imbalance#loss-table",
        values: {
          lowest: { row: "6 undecided, 4 sure of expert 1", column: "loss", is: 0.9224, within: 1e-6 },
          tied: { row: "all undecided: ties go to expert 0", column: "loss", is: 1 },
        },
      },
    },
    evening: 6,
  },
  {
    id: "capacity",
    theme: "capacity",
    question: "What is a capacity factor?",
    answer:
      "A limit of tokens for each expert: its fair share times the factor, rounded up. With 32 tokens and 8 experts factor 1.25 gives {places} places each.",
    proof: { at: "07-capacity#code-05", values: { places: { words: "factor 1.25: # places each", is: 5 } } },
    ask: { value: "places", unit: "places has each of 8 experts for 32 tokens at factor 1.25" },
    then: {
      question: "What do you pay for a large factor?",
      answer: "Empty places, which cost as much as full ones.",
    },
    wrong: {
      says: "With a fair router factor 1 drops nobody.",
      but: "Even pure chance drops {chance} % of 128 tokens at factor 1: some expert is always asked too often.",
      proof: {
        at: "07-capacity#code-17c",
        values: { chance: { words: "factor 1, 128 tokens: chance drops # %", is: 9.28 } },
      },
    },
    evening: 3,
  },
  {
    id: "dropped",
    theme: "capacity",
    question: "What becomes of a token that its expert has no place for, with drop?",
    answer: "The layer gives exactly {output} for it. The residual around the layer carries it on unchanged.",
    proof: {
      at: "07-capacity#code-10b",
      values: { output: { words: "largest output of a dropped token: #", is: 0 } },
    },
    ask: { value: "output", unit: "is the largest output of the layer for a dropped token" },
    then: {
      question: "Who gets the places?",
      answer:
        "Whoever stands first in the batch, unless a queue says otherwise. So the order matters: turned around, {turned} of 64 outputs change.",
    },
    wrong: {
      says: "The order of the tokens makes no difference to the layer.",
      but: "With a limit, {turned} of 64 outputs change if the last token comes first.",
      proof: {
        at: "07-capacity#shuffle-look",
        values: { turned: { words: "turned, drop: # of 64 outputs change", is: 22 } },
      },
    },
  },
  {
    id: "smaller",
    theme: "sizes",
    question: "Are experts smaller than the layer that they replace?",
    answer:
      "It depends. Mixtral's are as wide as the layer of Mistral 7B, {mixtral}. In Qwen3-30B-A3B one is {qwen} wide, where the dense layer of its config has {dense}.",
    proof: {
      at: "05-parameters#A6",
      values: {
        mixtral: { claim: "Mixtral-8x7B expert", is: 14_336 },
        qwen: { claim: "Qwen3-30B-A3B expert", is: 768 },
        dense: { claim: "Qwen3-30B-A3B dense", is: 6144 },
      },
    },
    then: {
      question: "What do narrow experts buy?",
      answer:
        "More sets to choose from for the same weights: {few} sets of two of eight become {many} of eight of thirty-two.",
    },
    wrong: {
      says: "An MoE has several smaller feed-forward networks.",
      but: "True for fine-grained models only. For the same active weights they offer {many} sets where two of eight have {few}.",
      proof: {
        at: "03-twin#code-14",
        values: {
          few: { row: "half as wide", column: "sets", is: 28 },
          many: { row: "many narrow", column: "sets", is: 10_518_300 },
        },
      },
    },
  },
  {
    id: "doubling",
    theme: "sizes",
    question: "You double the number of experts and change nothing else. What grows?",
    answer:
      "The total, to {times} times as much in Mixtral. A token's work grows by one row in each router for each new expert: {active} parameters in all.",
    proof: {
      at: "05-parameters#code-13",
      values: {
        times: { words: "the total is # times", is: 1.97 },
        active: { words: "active by #", is: 1_048_576, as: "billion" },
      },
    },
    ask: { value: "times", unit: "times as large is Mixtral's total with twice the experts" },
    then: {
      question: "Why not exactly twice?",
      answer: "Attention and embeddings are still there once.",
    },
    wrong: {
      says: "Twice the experts, twice the work.",
      but: "From 2 to 64 experts the active parameters of our twins grow by less than a tenth: to {wide} from {narrow}.",
      proof: {
        at: "05-parameters#sweep-table",
        values: {
          narrow: { row: 2, column: "active", is: 117_312 },
          wide: { row: 64, column: "active", is: 125_248 },
        },
      },
    },
  },
  {
    id: "few-per-step",
    theme: "speed",
    question: "Are only a few experts active in a step?",
    answer:
      "For one token, {one}. A batch of eight tokens touches {eight} of eight experts with two each, by chance: one minus (1 − k/E) to the power of the batch.",
    proof: {
      at: "08-inference#code-50",
      values: {
        one: { claim: "oneToken", is: 0.25, as: "percent" },
        eight: { claim: "formula", is: 0.89989, within: 1e-5, as: "percent" },
      },
    },
    ask: { value: "eight", unit: "% of the experts are touched by eight tokens, by chance", per: 0.01 },
    then: {
      question: "Why does that matter for speed?",
      answer:
        "What is touched must be read. At 16 texts Mixtral reads nearly as much as a dense model of equal total size.",
    },
    wrong: {
      says: "Only a few experts are active per inference step.",
      but: "A batch of 64 tokens touched {all} of all experts of the trained twin.",
      proof: {
        at: "08-inference#code-50",
        values: { all: { claim: "batch64", above: 0.98, as: "percent" } },
      },
    },
    evening: 4,
  },
  {
    id: "gpt4",
    theme: "sizes",
    question: "Is GPT-4 an MoE?",
    answer: "Nobody outside can say: size and architecture are {gpt4}. One article calls it dense, another an MoE.",
    proof: { at: "05-parameters#C10", values: { gpt4: { claim: "gpt4", is: "not published" } } },
    then: {
      question: "Which large MoE can you count instead?",
      answer: "GLaM: {glam} parameters, {works} of them at work on a token.",
    },
    wrong: {
      says: "GPT-4 has 1.8 trillion parameters in 16 experts.",
      but: "That is hearsay. What is published can be counted: GLaM has {glam}.",
      proof: {
        at: "05-parameters#C9",
        values: {
          glam: { claim: "GLaM total", is: 1_161_756_155_904, as: "billion" },
          works: { claim: "GLaM active", is: 96_604_266_496, as: "billion" },
        },
      },
    },
  },
];
