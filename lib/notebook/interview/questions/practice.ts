import type { Question } from "../question.js";

/** Level 2, second half: what it costs, and how it is made. */
export const practice: readonly Question[] = [
  {
    id: "next-best",
    theme: "capacity",
    question: "An expert is full. Is the token passed to the next best one?",
    answer:
      "That is one rule among others; Switch and GShard drop. Under next best {lost} of 32 letters found no place in our example, where drop loses some.",
    proof: {
      at: "07-capacity#code-07b",
      values: { lost: { words: "next best: # of 32 found no place", is: 0 } },
    },
    then: {
      question: "Does it lower the loss?",
      answer: "Not by rule. A token may get an expert far down its list, trained on other tokens. Measure both.",
    },
    wrong: {
      says: "So no expert stays idle.",
      but: "With factor 8 there are places for all at the favorite: {dead} of eight experts are dead.",
      proof: {
        at: "07-capacity#code-33b",
        values: { dead: { claim: "dead.capacity 8, next best", is: 7 } },
      },
    },
  },
  {
    id: "fine-grained",
    theme: "sizes",
    question: "Experts are cut into eight finer ones, with eight times as many at work. What changes?",
    answer:
      "The expert weights at work stay ({active} times). A token has far more sets to choose from: {sets} in place of {whole}. The routers grow eightfold.",
    proof: {
      at: "03-twin#finer-said",
      values: {
        active: { words: "active weights in experts: × #", is: 1 },
        whole: { row: 1, column: "sets", is: 28 },
        sets: { row: 8, column: "sets", is: 488_526_937_079_580, as: "billion" },
      },
    },
    then: {
      question: "What is the price on a machine?",
      answer: "Smaller products for each expert, which keep its units less busy, and more rows to sort and send.",
    },
    wrong: {
      says: "Finer experts need more compute.",
      but: "The same expert weights work: {same} in both.",
      proof: {
        at: "03-twin#finer-said",
        values: { same: { row: 8, column: "active", is: 98_304 } },
      },
    },
  },
  {
    id: "upcycling",
    theme: "adapting",
    question: "How does a trained dense model become an MoE, and how much worse is it at first?",
    answer:
      "Copy the feed-forward layer into each expert, add a router, train on. At step 0 the outputs differ by {apart}: a weighted mean of equal answers is that answer.",
    proof: { at: "03-twin#code-17", values: { apart: { words: "largest difference of any output: #", below: 1e-5 } } },
    then: {
      question: "What does a token cost after that?",
      answer:
        "More: {after} parameters work on it, before it were {before}. Both experts are as wide as the old layer.",
    },
    wrong: {
      says: "The active parameters stay what they were.",
      but: "They rise from {before} to {after}, as two whole copies work.",
      proof: {
        at: "03-twin#code-17",
        values: {
          before: { words: "active parameters: # before", is: 155_648 },
          after: { words: "active parameters: 155,648 before, # after", is: 255_488 },
        },
      },
    },
  },
  {
    id: "batch-reading",
    theme: "speed",
    question: "How does the advantage in reading change with the batch?",
    answer:
      "For one text Mixtral reads {one} of the bytes of a dense model of equal total size, at 16 texts {sixteen}: by then nearly all experts are asked for.",
    proof: {
      at: "08-inference#code-56",
      values: {
        one: { words: "equal total: # at one text", is: 0.27 },
        sixteen: { words: "at one text, # at 16;", is: 0.99 },
      },
    },
    ask: {
      value: "sixteen",
      unit: "times the bytes of a dense model of equal total size does Mixtral read at 16 texts",
    },
    then: {
      question: "And beside a dense model of equal active size?",
      answer: "It never saves reading: {equal} times at one text, {more} times at 16.",
    },
    wrong: {
      says: "An MoE saves bandwidth.",
      but: "At equal active size it reads {more} times as much at 16 texts. At equal total size it saves, with few texts.",
      proof: {
        at: "08-inference#code-56",
        values: {
          equal: { words: "equal active: # at one text", is: 1 },
          more: { words: "of those of equal active: 1.00 at one text, # at 16", is: 3.42 },
        },
      },
    },
    evening: 7,
  },
  {
    id: "decode-bound",
    theme: "speed",
    question: "What limits the speed of writing one text?",
    answer:
      "Reading the weights. For Mixtral on four H100 cards reading takes {times} times as long as computing. So bytes count, not FLOPs.",
    proof: { at: "08-inference#code-44", values: { times: { words: "Reading takes # times", is: 291 } } },
    ask: { value: "times", unit: "times as long as computing takes reading, Mixtral on four H100" },
    then: {
      question: "What makes one text slower: twice the experts, or twice the experts per token?",
      answer:
        "The second. With twice the experts the bound stays at {same} tokens a second, with four per token it falls to {slow}.",
    },
    wrong: {
      says: "Twice the experts make a token twice as slow.",
      but: "The bound of one text stays: {was} tokens a second before, {same} after. More cards are needed.",
      proof: {
        at: "08-inference#code-98b",
        values: {
          was: { row: "as it is", column: "one", is: 522.85, within: 0.01 },
          same: { row: "twice the experts", column: "one", is: 522.81, within: 0.01 },
          slow: { row: "four experts a token", column: "one", is: 278.14, within: 0.01 },
        },
      },
    },
  },
  {
    id: "cache",
    theme: "speed",
    question: "Does an MoE need a larger cache of keys and values?",
    answer: "No. The cache belongs to attention: {moe} bytes for 100 tokens in both twins.",
    proof: {
      at: "08-inference#code-66",
      values: {
        moe: { words: "MoE: #", is: 409_600 },
        dense: { words: "dense: #", is: 409_600 },
      },
    },
    then: {
      question: "What do grouped heads (GQA) and experts have to do with each other?",
      answer:
        "Nothing. With a key for each head the cache of Mixtral grows from {grouped} to {each}; twice the experts leave it as it is.",
    },
    wrong: {
      says: "More experts, more cache.",
      but: "With twice the experts the cache of Mixtral is {twice}, as before.",
      proof: {
        at: "12-interview#grouped",
        values: {
          grouped: { row: "as it is", column: "cache", is: 536_870_912, as: "bytes" },
          each: { row: "a key for each head", column: "cache", is: 2_147_483_648, as: "bytes" },
          twice: { row: "twice the experts", column: "cache", is: 536_870_912, as: "bytes" },
        },
      },
    },
  },
  {
    id: "cards",
    theme: "speed",
    question: "How many cards of 80 GB hold DeepSeek-V3 in 8 bits?",
    answer:
      "More than eight: its weights are {weights} GB, and eight cards have 640. With room for a cache it takes {cards}.",
    proof: {
      at: "12-interview#cards",
      values: {
        weights: { words: "weights # GB in fp8", is: 671 },
        cards: { words: "room for a cache: #", is: 10 },
      },
    },
    ask: { value: "weights", unit: "GB are the weights of DeepSeek-V3 in 8 bits" },
    then: {
      question: "Why not count only the 37 billion active ones?",
      answer: "The next token needs others. All must be at hand.",
    },
    wrong: {
      says: "It has 37 billion active parameters, so one card of 80 GB is enough in 8 bits.",
      but: "All {weights} GB must be held, for any of its tokens.",
      proof: {
        at: "12-interview#cards",
        values: { room: { words: "8 cards have # GB", is: 640 } },
      },
    },
  },
  {
    id: "edge",
    theme: "speed",
    question: "Is an MoE good for a small device?",
    answer:
      "If all its experts fit. At equal total size OLMoE writes {fits} times as fast as Mistral 7B on 8 GB. Qwen3-30B-A3B does not fit, and writes {not} times as fast as Llama 3.2 3B.",
    proof: {
      at: "08-inference#code-70",
      values: {
        fits: { words: "OLMoE writes # times", is: 4.01 },
        not: { words: "Qwen3-30B-A3B writes # times", is: 0.15 },
      },
    },
    then: {
      question: "What slows the second one down?",
      answer: "Experts that are not in memory come from the drive, for every token.",
    },
    wrong: {
      says: "Edge AI: MoE, since sparsity helps.",
      but: "Memory is what is scarce there. What does not fit runs at {slow} of the speed of a dense model of equal active size.",
      proof: {
        at: "08-inference#code-70",
        values: { slow: { words: "Qwen3-30B-A3B writes # times", is: 0.15 } },
      },
    },
  },
  {
    id: "hidden-hot",
    theme: "balance",
    question: "A log says: entropy of the load 85 % of its maximum. Is the load balanced?",
    answer:
      "Not by that number. A load with {entropy} % had one expert with {busiest} fair shares. The other 63 outweigh it in the sum. Look at max violation.",
    proof: {
      at: "06-imbalance#hidden",
      values: {
        entropy: { words: "of 6 bits: # %", is: 85 },
        busiest: { words: "busiest: # fair shares", is: 13.4 },
      },
    },
    ask: { value: "busiest", unit: "fair shares has the busiest of 64 experts in the example" },
    then: {
      question: "Why does the busiest expert matter so much?",
      answer: "Where experts are on several devices, all wait for it.",
    },
    wrong: {
      says: "A high entropy means an even load.",
      but: "With {bits} of 6 bits one expert had {hot} % of all tokens.",
      proof: {
        at: "06-imbalance#hidden",
        values: {
          bits: { words: "entropy # of 6 bits", is: 5.1 },
          hot: { words: "fair shares, # % of all", is: 21 },
        },
      },
    },
  },
];
