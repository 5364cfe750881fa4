import { describe, expect, it } from "vitest";
import { CharTokenizer, domainCorpus } from "../../../lib/data/index.js";
import { Generator, noGrad } from "../../../lib/index.js";
import { transformer } from "../../../lib/models/index.js";
import { choicesOn, sameExpert } from "../../../lib/notebook/index.js";

const domains = ["ab", "cd"].map((name) => ({ name, text: `${name}\n`.repeat(8000) }));
const mixture = domainCorpus(domains, new CharTokenizer("abcd\n"), { blockSize: 8 });
const shape = { vocabSize: 5, blockSize: 8, nLayer: 2, nHead: 1, dModel: 8 };

describe("choicesOn", () => {
  it("has the favorite expert of each token, its id and its domain", () => {
    const model = transformer({ ...shape, nExpert: 4, topK: 2 }, { seed: 1 });
    const { tokens, domains: of, experts } = choicesOn(model, mixture, { blocks: 3 });
    const [{ inputs }] = [...mixture.corpus.blocks("validation", 3, 8, 3)];
    expect(tokens).toEqual([...inputs.toTypedArray()]);
    expect(of).toEqual([...mixture.labels.validation.subarray(0, 24)]);
    noGrad(() => model.forward(inputs)).routings.forEach(({ probs }, layer) => {
      const rows = probs.toTypedArray();
      const best = tokens.map((_, n) => {
        const own = [...rows.subarray(n * 4, n * 4 + 4)];
        return own.indexOf(Math.max(...own));
      });
      expect(experts[layer]).toEqual(best);
    });
  });

  it("refuses a dense model", () => {
    expect(() => choicesOn(transformer(shape), mixture)).toThrow("choicesOn needs a model with experts");
  });
});

describe("sameExpert", () => {
  it("counts the pairs, two tokens at a time", () => {
    const rng = new Generator(2);
    const draw = (below: number): number[] => Array.from({ length: 60 }, () => rng.below(below));
    const choices = { tokens: draw(5), domains: draw(3), experts: [draw(4), draw(2)] };
    for (const [layer, chosen] of choices.experts.entries()) {
      const kinds = { both: [0, 0], token: [0, 0], domain: [0, 0], neither: [0, 0] };
      for (let a = 0; a < 60; a++)
        for (let b = 0; b < a; b++) {
          const [token, domain] = [choices.tokens, choices.domains].map((own) => own[a] === own[b]);
          const kind = kinds[token ? (domain ? "both" : "token") : domain ? "domain" : "neither"];
          kind[0]++;
          if (chosen[a] === chosen[b]) kind[1]++;
        }
      const row = sameExpert(choices)[layer];
      for (const [name, [all, met]] of Object.entries(kinds)) expect(row[name as "both"]).toBeCloseTo(met / all, 12);
    }
  });

  it("says NaN where there is no such pair", () => {
    expect(sameExpert({ tokens: [5, 5, 7, 7], domains: [0, 1, 0, 1], experts: [[2, 2, 3, 3]] })).toEqual([
      { layer: 0, both: NaN, token: 1, domain: 0, neither: 0 },
    ]);
    expect(() => sameExpert({ tokens: [1, 2], domains: [0, 0], experts: [[1]] })).toThrow("sameExpert needs a domain");
  });
});
