import { readFileSync } from "node:fs";
import path from "node:path";
import { crossEntropy, fromArray, noGrad, type Tensor } from "twinformer";
import { heldOut } from "twinformer/data";
import { MoE } from "twinformer/moe";
import { pretrained, type Transformer, transformer } from "twinformer/models";
import { beforeAll, describe, expect, it } from "vitest";
import { choiceOf, choicesOf } from "../../../site/router/choices.js";
import { type Measured, measure } from "../../../site/router/score.js";
import { COUNT, idsOf } from "../../../site/router/text.js";
import { scoreOf } from "../../../site/router/totals.js";
import { countInto, type Counts, usualOf } from "../../../site/router/usual.js";
import { project } from "../../launcher/clone.js";

const assets = path.join(project, "assets");
const twin = await pretrained("moe", { from: path.join(assets, "models") });
const held = (name: string): string =>
  heldOut(readFileSync(path.join(assets, `domains/${name}.txt`), "utf8")).validation;

/** Nats of each of the last `count` tokens, by the model itself. */
function lossesOf(model: Transformer, ids: readonly number[], count: number): number[] {
  return noGrad(() => {
    const read = fromArray(ids.slice(0, -1), [1, ids.length - 1], "int32");
    const targets = fromArray(ids.slice(1), [1, ids.length - 1], "int32");
    const nats: Tensor = crossEntropy(model.forward(read).logits as Tensor, targets, { reduction: "none" });
    return Array.from(nats.toTypedArray()).slice(-count);
  });
}

/** The same where some of the last tokens are routed by hand: what the router of the last layer says of all others is made very small. */
function lossesWith(
  model: Transformer,
  ids: readonly number[],
  byHand: readonly (readonly number[] | null)[],
): number[] {
  const layer = model.blocks.at(-1)!.feedForward;
  if (!(layer instanceof MoE)) throw new Error("no mixture");
  const { router } = layer;
  const before = router.logits.bind(router);
  router.logits = (rows) => {
    const logits = before(rows);
    const [nToken, nExpert] = logits.shape;
    const numbers = Float32Array.from(logits.toTypedArray());
    byHand.forEach((experts, i) => {
      const n = nToken - byHand.length + i;
      for (let e = 0; experts && e < nExpert; e++) if (!experts.includes(e)) numbers[n * nExpert + e] = -1e9;
    });
    return fromArray(numbers, [nToken, nExpert]);
  };
  try {
    return lossesOf(model, ids, byHand.length);
  } finally {
    router.logits = before;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe("choices", () => {
  it("are all sets of K experts, once each", () => {
    expect(choicesOf(4, 2)).toEqual([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]); // prettier-ignore
    expect(choicesOf(8, 2)).toHaveLength(28);
    expect(choicesOf(3, 3)).toEqual([[0, 1, 2]]);
    expect(choiceOf(choicesOf(4, 2), [3, 1])).toBe(4);
    expect(choiceOf(choicesOf(4, 2), [3])).toBe(-1);
  });
});

describe.each(["english", "spanish", "code", "arithmetic"])("the trained twin on held-out text: %s", (domain) => {
  let ids: number[];
  let measured: Measured;
  beforeAll(() => {
    ids = Array.from(twin.tokenizer.encode(held(domain).slice(0, 400))).slice(0, 50);
    measured = measure(twin.model, ids, COUNT);
  });

  it("the learned choice costs what the model itself loses", () => {
    const losses = lossesOf(twin.model, ids, COUNT);
    losses.forEach((nats, n) => {
      expect(Math.abs(measured.losses[n][measured.learned[n]] - nats)).toBeLessThan(1e-5);
      expect(Math.abs(measured.own[n] - nats)).toBeLessThan(1e-5);
    });
  });

  it("every other choice costs what the model loses with it", () => {
    const choices = choicesOf(8, 2);
    for (const c of [0, 11, 27]) {
      const losses = lossesWith(twin.model, ids, Array<readonly number[]>(COUNT).fill(choices[c]));
      losses.forEach((nats, n) => expect(Math.abs(measured.losses[n][c] - nats)).toBeLessThan(1e-5));
    }
  });

  it("the best is never worse than the learned choice, nor than chance, which is the mean of all", () => {
    const score = scoreOf(measured, []);
    score.tokens.forEach(({ best, learned, chance, you, bestChoice }, n) => {
      expect(best).toBeLessThanOrEqual(learned);
      expect(best).toBeLessThanOrEqual(chance);
      expect(chance).toBeCloseTo(sum(measured.losses[n]) / 28, 12);
      expect(you).toBe(chance); // nothing was chosen
      expect(measured.losses[n][bestChoice]).toBe(best);
    });
    expect(scoreOf(measured, measured.learned).mean.you).toBe(score.mean.learned);
    for (const p of measured.scores) expect(sum(p)).toBeCloseTo(1, 5);
  });
});

describe("the best of all joint choices", () => {
  it("is the best of each token, as trying all pairs of two tokens' choices shows", () => {
    const ids = Array.from(twin.tokenizer.encode(held("english").slice(0, 40))).slice(0, 8);
    const choices = choicesOf(8, 2);
    const { losses } = measure(twin.model, ids, 2);
    let [best, off] = [Infinity, 0];
    for (const [a, first] of choices.entries())
      for (const [b, second] of choices.entries()) {
        const both = lossesWith(twin.model, ids, [first, second]);
        off = Math.max(off, Math.abs(both[0] - losses[0][a]), Math.abs(both[1] - losses[1][b]));
        best = Math.min(best, sum(both));
      }
    expect(off).toBeLessThan(1e-5); // what one token is given changes nothing for the other
    expect(best).toBeCloseTo(sum(losses.map((nats) => Math.min(...nats))), 5);
  });

  it("is so for three tokens of a model that has learned nothing", () => {
    const shape = { vocabSize: 11, blockSize: 8, nLayer: 2, nHead: 2, dModel: 16, nExpert: 4, topK: 2 };
    const model = transformer(shape, { seed: 3 });
    model.eval();
    const ids = [1, 5, 2, 9, 0, 3];
    const { losses, own } = measure(model, ids, 3);
    lossesOf(model, ids, 3).forEach((nats, n) => expect(own[n]).toBeCloseTo(nats, 5));
    const choices = choicesOf(4, 2);
    const joint = choices.flatMap((a) =>
      choices.flatMap((b) => choices.map((c) => sum(lossesWith(model, ids, [a, b, c])))),
    );
    expect(joint).toHaveLength(216);
    expect(Math.min(...joint)).toBeCloseTo(sum(losses.map((nats) => Math.min(...nats))), 5);
  });

  it("is refused where a layer gives no such game", () => {
    const shape = { vocabSize: 11, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8 };
    const ids = [1, 2, 3, 4];
    expect(() => measure(transformer({ ...shape }), ids, 2)).toThrow("whose last layer has experts");
    expect(() => measure(transformer({ ...shape, nExpert: 4, topK: 2 }), ids, 4)).toThrow("4 tokens need 5 ids, got 4");
    expect(() =>
      measure(transformer({ ...shape, nExpert: 4, topK: 2, select: "expertChoice", capacityFactor: 1 }), ids, 2),
    ).toThrow("does not depend on its own choice alone");
  });
});

describe("what an expert usually gets", () => {
  it("is counted from the choices of the model, and every token goes to K experts", () => {
    const counts: Counts = new Map();
    const ids = twin.tokenizer.encode(held("code").slice(0, 1500));
    const tokens = countInto(counts, twin.model, ids);
    expect(tokens).toBe(Math.floor(ids.length / 128) * 128);
    expect(sum([...counts.values()].map(sum))).toBe(2 * tokens);
    const read = Array.from(ids).slice(0, 128);
    const [expert] = noGrad(() => twin.model.forward(fromArray(read, [1, 128], "int32")).routings[3].experts);
    expect(counts.get(read[0])![expert]).toBeGreaterThan(0);
    const usual = usualOf(counts, 8, 2, 5);
    expect(usual.map((own) => own.length)).toEqual(Array(8).fill(5));
    usual.forEach((own, e) => {
      for (const { id, count, share } of own) {
        expect(count).toBe(counts.get(id)![e]);
        expect(share).toBeCloseTo(count / (sum(counts.get(id)!) / 2), 12);
        expect(share).toBeLessThanOrEqual(1);
      }
    });
    expect(countInto(counts, twin.model, ids.slice(0, 100))).toBe(0);
  });
});

describe("a text", () => {
  const refused = (text: string): string => {
    try {
      idsOf(text, twin.tokenizer, 128);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  it("is taken, or refused by one sentence that says why", () => {
    expect(refused("It is a truth universally acknowledged, that a single man")).toBe("");
    expect(refused("")).toContain("This is 0 tokens: a game needs 21 or more");
    expect(refused("too short")).toMatch(/This is \d+ tokens: a game needs 21 or more, 20 to route and one to guess/);
    expect(refused("no ".repeat(200))).toContain("the twin reads at most 128");
    expect(refused("Grüße an alle, die das hier lesen, und noch viel mehr")).toContain("“ü” is none of them");
    expect(refused("a tab\tbetween words")).toContain("U+0009");
  });
});
