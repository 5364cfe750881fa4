import type { Question } from "../question.js";

/** Level 2: routing and balance, asked of those who say that they have built one. */
export const second: readonly Question[] = [
  {
    id: "softmax-order",
    theme: "routing",
    question: "Softmax before or after the choice of the top k: does it matter?",
    answer:
      "If the chosen weights are divided by their sum, no: both orders give the same numbers, here they differ by {apart}. Without dividing, the output shrinks with the number of experts.",
    proof: { at: "12-interview#identity", values: { apart: { words: "2,000 weights: #", below: 1e-6 } } },
    then: {
      question: "How large is the output then, with two of 32 experts in a new layer?",
      answer: "{size} of the divided one: the two weights no longer sum to 1.",
    },
    wrong: {
      says: "They are always equivalent.",
      but: "Without dividing by the sum, the output of two of 32 experts is {size} of the divided one.",
      proof: {
        at: "04-routing#scale-look",
        values: { size: { row: 32, column: "output", is: 0.0798, within: 1e-3 } },
      },
    },
  },
  {
    id: "one-expert",
    theme: "routing",
    question: "One expert per token, and a softmax after the choice. What goes wrong?",
    answer:
      "The softmax of a single logit is always one. So the router's gradient from the task is exactly {gradient}: it learns nothing from it.",
    proof: {
      at: "04-routing#order-look",
      values: { gradient: { row: "after the choice", column: "from the task", is: 0 } },
    },
    ask: { value: "gradient", unit: "is the largest gradient of the router from the task" },
    then: {
      question: "What still reaches the router?",
      answer: "The balance loss. Its gradient is larger than zero in both orders.",
    },
    wrong: {
      says: "The router simply learns more slowly.",
      but: "The gradient is zero to the last bit. Only with the softmax before the choice is it larger.",
      proof: {
        at: "04-routing#order-look",
        values: { other: { row: "before the choice", column: "from the task", above: 1e-6 } },
      },
    },
    evening: 5,
  },
  {
    id: "differentiable",
    theme: "routing",
    question: "Is top-k differentiable?",
    answer:
      "Beside a tie, yes: through the weights of the chosen. At a tie the output jumps: a step of 0.002 across it moves the output by {across}, the same step beside it by {beside}.",
    proof: {
      at: "04-routing#tie-numbers",
      values: {
        across: { words: "moves the output by #", is: 0.03015, within: 2e-4 },
        beside: { words: "just after the tie moves it by #", below: 1e-3 },
      },
    },
    then: {
      question: "So how does the router learn to choose others?",
      answer: "The task tells it only of the experts that it chose. Noise and balance losses bring in the others.",
    },
    wrong: {
      says: "One must use Gumbel-softmax, or it cannot be trained.",
      but: "With the plain top-k and a balance loss, {collapsed} of 3 recorded runs collapsed.",
      proof: { at: "06-imbalance#code-22", values: { collapsed: { claim: "remedies.3.collapsed", is: 0 } } },
    },
  },
  {
    id: "mask",
    theme: "routing",
    question: "All but the top k logits become minus infinity. Does that let the other experts train?",
    answer:
      "No. It makes their weights exactly zero, and their gradients, too. With a head start for two experts, {trained} of eight changed in sixty steps.",
    proof: { at: "04-routing#code-24b", values: { trained: { claim: "expertsThatChanged", is: 2 } } },
    ask: { value: "trained", unit: "of eight experts changed with the mask alone" },
    then: {
      question: "And a little noise, of 0.2 against a lead of 4?",
      answer: "The six others got {little} of the tokens. Noise must be as large as the lead: with 3 they got {much}.",
    },
    wrong: {
      says: "Any noise gives the others a chance.",
      but: "Noise of 0.2 against a lead of 4 gave them {little} of the tokens.",
      proof: {
        at: "04-routing#code-29",
        values: {
          little: { claim: "little", is: 0, as: "percent" },
          much: { claim: "much", above: 0.2, as: "percent" },
        },
      },
    },
  },
  {
    id: "noise-off",
    theme: "routing",
    question: "Why is the router's noise switched off at evaluation?",
    answer:
      "It is there to let others learn, not to answer. Without it the same text gives the same choices each time ({repeats}).",
    proof: { at: "04-routing#code-29", values: { repeats: { claim: "repeats", is: true } } },
    then: {
      question: "How does a forgotten switch show?",
      answer: "The same pages, tested twice, give two losses: patient 3 of the bug hunt.",
    },
    wrong: {
      says: "What noise taught the others stays when it is gone.",
      but: "Not by itself: at evaluation the six others got {evaluation} of the tokens, after a third of them in training.",
      proof: {
        at: "04-routing#code-29",
        values: { evaluation: { claim: "evaluation", is: 0, as: "percent" } },
      },
    },
  },
  {
    id: "which-factor",
    theme: "balance",
    question: "The balance loss is E · Σ f · P. Which factor carries the gradient?",
    answer:
      "Only P. f counts choices, and a count has no slope. With f as a fixed number the slope of the first logit is {byHand}; the library's is {slope}.",
    proof: {
      at: "06-imbalance#slope",
      values: {
        slope: { words: "first token's two logits: #", is: 0.01 },
        byHand: { words: "f as a fixed number:  #", is: 0.01 },
      },
    },
    then: {
      question: "What is f good for, then?",
      answer: "It decides how strong the push on each P is.",
    },
    wrong: {
      says: "f pushes the tokens to other experts.",
      but: "The slope through P alone is already the whole one: {byHand}.",
      proof: {
        at: "06-imbalance#slope",
        values: { again: { words: "f as a fixed number:  #", is: 0.01 } },
      },
    },
  },
  {
    id: "times-e",
    theme: "balance",
    question: "Why is the balance loss multiplied by E?",
    answer:
      "So that an even load gives {even} for any number of experts. Without the factor it is 1/E: {without} with 64.",
    proof: {
      at: "12-interview#times-e",
      values: {
        even: { row: 64, column: "E · Σ f · P", is: 1 },
        without: { row: 64, column: "Σ f · P", is: 0.015625 },
      },
    },
    ask: { value: "even", unit: "is the balance loss of an even load, for any E" },
    then: {
      question: "In some code the even value is k. Why?",
      answer:
        "There f sums to k, not to 1: two experts per token are counted twice. Compare strengths only after looking.",
    },
    wrong: {
      says: "It makes the loss stronger where there are more experts.",
      but: "It makes it equal: {few} with two experts, {even} with 64.",
      proof: { at: "12-interview#times-e", values: { few: { row: 2, column: "E · Σ f · P", is: 1 } } },
    },
  },
  {
    id: "z-loss",
    theme: "balance",
    question: "Does the z-loss balance the experts?",
    answer:
      "No, it keeps logits small. From a bad start {z} of three recorded runs stayed collapsed with it, {aux} with the balance loss.",
    proof: {
      at: "06-imbalance#code-22",
      values: { z: { claim: "remedies.4.collapsed", is: 3 }, aux: { claim: "remedies.3.collapsed", is: 0 } },
    },
    ask: { value: "z", unit: "of three recorded runs stay collapsed with the z-loss alone" },
    then: {
      question: "What do large logits do in 16 bits?",
      answer: "Rounding moves them more. Even at ordinary size {flips} % of choices flip with 256 experts.",
    },
    wrong: {
      says: "Rounding the router's logits to 16 bits changes nothing that matters.",
      but: "It flips the choice of {flips} % of random tokens with 256 experts, near ties.",
      proof: {
        at: "04-routing#bits-say",
        values: { flips: { words: "with 128, # % with 256", above: 1 } },
      },
    },
  },
  {
    id: "aux-free",
    theme: "balance",
    question: "How does balancing by a bias work, and why does it not disturb the weights?",
    answer:
      "After each step the bias of busy experts falls a little, that of idle ones rises; it moves the choice alone. {changed} of 64 tokens changed their expert; among the others no weight moved: {moved}.",
    proof: {
      at: "06-imbalance#bias-weights",
      values: {
        changed: { words: "# of 64 tokens changed their expert", is: 33 },
        moved: { words: "largest change of a weight among the others: #", is: 0 },
      },
    },
    ask: { value: "moved", unit: "is the largest change of a weight of a token that kept its expert" },
    then: {
      question: "What happens if the bias is added to the weights, too?",
      answer: "It still trains; but then balancing pulls at the outputs. Patient 7 of the bug hunt has it.",
    },
    wrong: {
      says: "The load becomes perfectly even.",
      but: "It goes back and forth: at the end one expert had {share} of the tokens, where fair is a quarter.",
      proof: {
        at: "06-imbalance#bias-table",
        values: { share: { row: 20, column: "load.0", is: 0.296875, as: "percent" } },
      },
    },
  },
  {
    id: "cure-by-capacity",
    theme: "capacity",
    question: "Does a larger capacity factor cure collapse?",
    answer:
      "No. It only says how many tokens are sent away. If all tokens want one expert, {dead} of eight are dead at factor 0.5 and at factor 8.",
    proof: {
      at: "06-imbalance#capacity",
      values: {
        dead: { row: 8, column: "dead", is: 7 },
        small: { row: 0.5, column: "dead", is: 7 },
      },
    },
    ask: { value: "dead", unit: "of eight experts are dead at capacity factor 8" },
    then: {
      question: "Does anything guarantee that all experts get tokens?",
      answer:
        "Next best, with no more places than tokens ({next} dead), and experts that choose their tokens. Active is not useful, though: the weights are tiny.",
    },
    wrong: {
      says: "Noise, mask and capacity guarantee that all experts stay active.",
      but: "With a router that prefers one expert, capacity with drop leaves {drop} of eight dead.",
      proof: {
        at: "07-capacity#code-33b",
        values: {
          drop: { claim: "dead.capacity 1, drop", is: 7 },
          next: { claim: "dead.capacity 1, next best", is: 0 },
        },
      },
    },
    evening: 8,
  },
  {
    id: "expert-choice",
    theme: "routing",
    question: "Experts choose their tokens: perfect balance. Why not in a model that writes?",
    answer:
      "Tokens compete, earlier ones with later ones. With the last of 64 tokens changed, {changed} earlier output changed; with top-k, {none}. A model that writes cannot know the later token.",
    proof: {
      at: "07-capacity#later",
      values: {
        changed: { words: "expertChoice: # of 63", is: 1 },
        none: { words: "topK: # of 63", is: 0 },
      },
    },
    then: {
      question: "Where is it fine?",
      answer: "In encoders and in vision, where the whole input is there at once.",
    },
    wrong: {
      says: "It serves every token.",
      but: "With a router of strong taste, {unserved} of the tokens were chosen by no expert.",
      proof: {
        at: "07-capacity#code-33",
        values: { unserved: { row: "experts choose tokens", column: "unserved", above: 0.2, as: "percent" } },
      },
    },
  },
];
