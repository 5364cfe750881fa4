import type { Question } from "../question.js";

/** Level 1: what every interview asks. */
export const first: readonly Question[] = [
  {
    id: "faster",
    theme: "speed",
    question: "An MoE has far more parameters than a dense model, and yet it can be faster. How?",
    answer:
      "A token is sent through a few experts only. Of Mixtral's {total} parameters {active} work on one token, and only these are multiplied, and read for one text. So it is faster than a dense model that stores as many.",
    proof: {
      at: "05-parameters#total-active",
      values: {
        total: { claim: "total", is: 46_702_792_704, as: "billion" },
        active: { claim: "active", is: 12_879_925_248, as: "billion" },
      },
    },
    ask: { value: "active", unit: "billion parameters of Mixtral work on one token", per: 1e9 },
    then: {
      question: "Faster than which model?",
      answer:
        "Than a dense one of equal total size. Beside one that uses as many, it computes a little more: the router.",
    },
    wrong: {
      says: "An MoE is faster than a dense model.",
      but: "Beside the dense model with as many active parameters the ratio of the FLOPs is {flops}: the router comes on top.",
      proof: { at: "08-inference#code-22", values: { flops: { words: "The MoE takes # times", above: 1 } } },
    },
    evening: 5,
  },
  {
    id: "not-56",
    theme: "sizes",
    question: "Why has Mixtral 8x7B 46.7 billion parameters, and not 56?",
    answer:
      "Only the feed-forward layers are there eight times; attention, embeddings and norms are there once. Eight times Mistral 7B would be {naive}. Experts are {share} of the model.",
    proof: {
      at: "05-parameters#total-active",
      values: {
        naive: { claim: "eightTimesMistral", is: 57_933_856_768, as: "billion" },
        share: { claim: "expertShare", is: 0.96562, within: 1e-5, as: "percent" },
      },
    },
    ask: { value: "share", unit: "% of Mixtral's parameters are experts", per: 0.01 },
    then: {
      question: "What is idle while one token is computed?",
      answer: "Exactly the experts that it did not choose: {idle} parameters.",
    },
    wrong: {
      says: "Mixtral has 56 billion parameters.",
      but: "Counted from its config.json, the tables hold {all} billion, and idle is just what the experts not chosen have.",
      proof: {
        at: "05-parameters#idle",
        values: {
          all: { words: "# billion in all", is: 46.7 },
          idle: { words: "idle for this token: #", is: 33_822_867_456, as: "billion" },
        },
      },
    },
    evening: 1,
  },
  {
    id: "memory",
    theme: "sizes",
    question: "Does an MoE save memory?",
    answer:
      "No. The next token may choose any expert, so all must be held: {held} for Mixtral in 16 bits, as for a dense model of equal total size.",
    proof: {
      at: "08-inference#code-64",
      values: {
        held: { row: "Mixtral 8x7B", column: "all", is: 93_405_585_408, as: "bytes" },
        works: { row: "Mixtral 8x7B", column: "active", is: 25_759_850_496, as: "bytes" },
      },
    },
    ask: { value: "held", unit: "GB must be held for Mixtral in 16 bits", per: 1e9 },
    then: {
      question: "How many cards of 80 GB does Mixtral need then, and a dense model of equal active size?",
      answer: "{cards} and {fewer}.",
    },
    wrong: {
      says: "The memory it needs is that of its active parameters.",
      but: "These weigh {works}. A card that holds no more cannot serve the next token.",
      proof: {
        at: "08-inference#code-64",
        values: {
          cards: { row: "Mixtral 8x7B", column: "cards", is: 2 },
          fewer: { row: "dense, equal active", column: "cards", is: 1 },
        },
      },
    },
    evening: 5,
  },
  {
    id: "replaces",
    theme: "sizes",
    question: "Which part of a transformer does an MoE replace?",
    answer:
      "The feed-forward layer of a block: a router and experts stand in its place. All other {shared} tables of our twins are equal, bit for bit.",
    proof: { at: "00-twins#claim-a1", values: { shared: { claim: "shared", is: 27 } } },
    ask: { value: "shared", unit: "tables of weights are equal in our twins of four layers" },
    then: {
      question: "How would you show that nothing else differs?",
      answer: "Silence that part in both: the outputs then lie {apart} apart.",
    },
    wrong: {
      says: "The attention is split into experts, too.",
      but: "With the feed-forward layers silenced the two models give the same numbers: {apart} apart.",
      proof: { at: "03-twin#code-10", values: { apart: { claim: "apartWhenSilenced", is: 0 } } },
    },
  },
  {
    id: "most-weights",
    theme: "sizes",
    question: "Why is it the feed-forward layer that becomes experts?",
    answer:
      "It holds most weights of a block, {ffn} % in ours, and works on each token alone. So different tokens can take different ones.",
    proof: { at: "03-twin#weights", values: { ffn: { words: "feed-forward: 98,304 weights, # %", is: 66.7 } } },
    ask: { value: "ffn", unit: "% of a block's weights are in the feed-forward layer" },
    then: {
      question: "What does each of the two parts hold, with width D?",
      answer: "Attention four D by D tables, the feed-forward layer eight: from D to four times D and back.",
    },
    wrong: {
      says: "Attention is the large part.",
      but: "It holds {attention} % of the block's weights.",
      proof: { at: "03-twin#weights", values: { attention: { words: "attention: 49,152 weights, # %", is: 33.3 } } },
    },
  },
  {
    id: "total-active",
    theme: "sizes",
    question: "What are total and active parameters, and what depends on which?",
    answer:
      "Total is what is stored: memory follows it. Active is what works on a token: its FLOPs follow that. Our MoE twin stores {total} and uses {active}; its dense twin has {dense} of both.",
    proof: {
      at: "00-twins#memory-said",
      values: {
        total: { row: "MoE", column: "total", is: 602_240 },
        active: { row: "MoE", column: "active", is: 209_024 },
        dense: { row: "dense", column: "active", is: 206_976 },
      },
    },
    then: {
      question: "Where do the few active parameters more come from?",
      answer: "From the routers: {routers} weights, one row for each expert.",
    },
    wrong: {
      says: "A twin of equal active size has exactly as many active parameters.",
      but: "It has {more} more: those of the routers, which work on every token.",
      proof: {
        at: "00-twins#more-active",
        values: {
          more: { words: "more active by #", is: 2048 },
          routers: { words: "weights of its routers: #", is: 2048 },
        },
      },
    },
    evening: 5,
  },
  {
    id: "networks",
    theme: "sizes",
    question:
      "A model has three layers with eight experts each, two per token. How many networks are stored, how many run for a token?",
    answer: "{stored} are stored, {run} run: each layer has its own experts and chooses anew.",
    proof: {
      at: "03-twin#count",
      values: {
        stored: { words: "# stored", is: 24 },
        run: { words: "stored, # run for one token", is: 6 },
      },
    },
    ask: { value: "run", unit: "expert networks run for one token" },
    then: {
      question: "How many paths through the model can a token take?",
      answer: "{sets} sets in each layer, so {paths} paths.",
    },
    wrong: {
      says: "An 8x7B is eight models, and one of them answers.",
      but: "There are {paths} paths through just three layers: the choice is made anew in every layer, for every token.",
      proof: {
        at: "03-twin#count",
        values: {
          sets: { words: "sets in one layer: #", is: 28 },
          paths: { words: "paths: #", is: 21_952 },
        },
      },
    },
  },
  {
    id: "really-skipped",
    theme: "speed",
    question: "Are the experts that were not chosen really not computed?",
    answer:
      "They are not. For {tokens} tokens with two experts each the kernel multiplies {rows} rows in every layer, and no more.",
    proof: {
      at: "00-twins#code-14",
      values: { tokens: { claim: "tokens", is: 768 }, rows: { claim: "rowsExecuted.0", is: 1536 } },
    },
    ask: { value: "rows", unit: "rows are multiplied in a layer, for 768 tokens" },
    then: {
      question: "How can one see that they are not even read?",
      answer: "Destroy them: {destroyed} of 32 experts can be NaN, and the answer to that token stays the same.",
    },
    wrong: {
      says: "All experts run, and most results are thrown away.",
      but: "{destroyed} of the 32 experts were destroyed, and no digit of the answer changed.",
      proof: {
        at: "08-inference#code-11",
        values: { destroyed: { words: "destroyed: # of 32 experts", is: 24 } },
      },
    },
  },
  {
    id: "router",
    theme: "routing",
    question: "What is a router, and who tells it which expert is right?",
    answer:
      "A classifier with one class for each expert: one small table and a softmax. With eight experts a router that knows nothing gives {even} to each. Nobody tells it: it learns from the loss of the whole model.",
    proof: { at: "04-routing#equal-letters", values: { even: { words: "even would be #", is: 0.125 } } },
    then: {
      question: "Which of its eight logits get a gradient from the task, with two experts per token?",
      answer: "{learning}: those of the chosen experts. The balance loss reaches all {all}.",
    },
    wrong: {
      says: "The router needs labels: somebody must assign subjects to experts.",
      but: "There were none, and {learning} logits of a token that uses two experts get their gradient from the task's loss.",
      proof: {
        at: "04-routing#reach-look",
        values: {
          learning: { words: "from the task: # of 8 logits", is: 2 },
          all: { words: "from the balance loss: #", is: 8 },
        },
      },
    },
    evening: 6,
  },
  {
    id: "router-cost",
    theme: "sizes",
    question: "What does a router cost?",
    answer:
      "One row for each expert. Eight more experts give Mixtral {tables} parameters more in experts, and {rows} in the routers of its 32 layers.",
    proof: {
      at: "05-parameters#code-13b",
      values: {
        tables: { words: "their tables hold #", is: 45_097_156_608, as: "billion" },
        rows: { words: "rows in the routers #", is: 1_048_576, as: "billion" },
      },
    },
    then: {
      question: "When does that stop being small?",
      answer:
        "When experts are cut fine: cut into eight, they need routers {routers} times as large for the same expert weights.",
    },
    wrong: {
      says: "The router grows with the size of the experts.",
      but: "It grows with their number alone: {routers} times as large for eight times as many, while the expert weights stay as they are.",
      proof: {
        at: "03-twin#finer-said",
        values: { routers: { words: "weights of the routers: × #", is: 8 } },
      },
    },
  },
  {
    id: "collapse",
    theme: "balance",
    question: "What is expert collapse?",
    answer:
      "The router sends nearly all tokens to the same expert, and the others starve. A good start brings practice, and practice brings more tokens. Here {effective} of eight experts was really in use within forty steps, and no error tells you: the loss fell all the same, to {lossAfter} nats.",
    proof: {
      at: "06-imbalance#answers",
      values: {
        effective: { words: "fewest effective experts: #", is: 1, within: 0.05 },
        lossAfter: { words: "in the first step, # in the last", below: 4.4 },
      },
    },
    ask: { value: "failures", unit: "of 20 recorded runs without balancing collapsed" },
    then: {
      question: "And with the balance loss?",
      answer: "{saved} of {three} runs.",
    },
    wrong: {
      says: "Collapse is bad luck, and rare.",
      but: "With one expert per token and no balancing {failures} of {runs} recorded runs of our small model collapsed.",
      proof: {
        at: "06-imbalance#D8",
        values: {
          failures: { claim: "without.failures", is: 20 },
          runs: { claim: "without.runs", is: 20 },
          saved: { claim: "withLoss.failures", is: 0 },
          three: { claim: "withLoss.runs", is: 3 },
        },
      },
    },
    evening: 6,
  },
];
