/** What a trained router does to batches and caches. The models are trained anew now and then: relations are asserted, not digits. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { account } from "../../../lib/account/index.js";
import {
  cacheRows,
  type CacheRow,
  coverageRows,
  expertBytes,
  guessFromSeen,
  guessRows,
  repetitionRows,
  type RoutingTrace,
  stepBytes,
} from "../../../lib/cost/index.js";
import { Corpus, heldOut } from "../../../lib/data/index.js";
import { Generator } from "../../../lib/index.js";
import { pretrained } from "../../../lib/models/index.js";
import { routingTrace, shuffledTrace } from "../../../lib/train/index.js";

const DOMAINS = ["english", "spanish", "code", "arithmetic"];
/** Eight texts of each domain that the model has not seen, and as many that it has. */
let trace: ReturnType<typeof routingTrace>;
let seen: RoutingTrace;
let config: object;

beforeAll(async () => {
  const { model, tokenizer } = await pretrained("moe");
  config = model.config;
  const traces = DOMAINS.map((name) => {
    const { train, validation } = heldOut(readFileSync(`assets/domains/${name}.txt`, "utf8").slice(0, 60_000));
    const ids = { train: tokenizer.encode(train.slice(0, 5000)), validation: tokenizer.encode(validation) };
    const corpus = new Corpus({ name, tokenizer, ...ids });
    return (["validation", "train"] as const).map((split) => routingTrace(model, corpus, { blocks: 8, split }));
  });
  const joined = (split: number) => ({
    nExpert: traces[0][0].nExpert,
    chosen: traces.flatMap((own) => own[split].chosen),
    foreseen: traces.flatMap((own) => own[split].foreseen),
  });
  [trace, seen] = [joined(0), joined(1)];
}, 60_000);

describe('B6: "only a few experts activate per step"', () => {
  it("holds for one token: two of eight; a batch of 8 touches nearly all, of 32 all, in each layer", () => {
    const rows = coverageRows(trace).filter(({ tokens }) => tokens === "decode");
    const of = (batch: number) => rows.filter((row) => row.batch === batch);
    expect(of(1).map(({ touched }) => touched)).toEqual([2, 2, 2, 2]);
    for (const { touched, uniform } of of(8)) {
      expect(touched).toBeGreaterThan(6);
      expect(Math.abs(touched - uniform)).toBeLessThan(0.8); // 7.2
    }
    for (const { touched } of of(32)) expect(touched).toBeGreaterThan(7.8);
    for (const { touched, most } of rows) expect(touched).toBeLessThanOrEqual(most);
  });

  it("is a little truer of tokens that follow each other: they touch fewer than as many of different texts", () => {
    const rows = coverageRows(trace, { batches: [4, 16] });
    const sum = (order: string, of: "touched" | "byLoad") =>
      rows.filter(({ tokens }) => tokens === order).reduce((all, row) => all + row[of], 0);
    expect(sum("consecutive", "touched")).toBeLessThan(sum("decode", "touched") - 1);
    expect(sum("decode", "touched") / sum("decode", "byLoad")).toBeCloseTo(1, 1);
  });
});

it("C4: so the bytes of experts that a step reads grow until all are read, as counted from the config", () => {
  const counted = account({ model_type: "twinformer", ...config });
  const each = expertBytes(counted, "float32");
  const read = (batch: number): number =>
    coverageRows(trace, { batches: [batch], expertBytes: each })
      .filter(({ tokens }) => tokens === "decode")
      .reduce((sum, { bytes }) => sum + bytes, 0);
  const options = { phase: "decode", context: 128, dtype: "float32" } as const;
  expect(read(1)).toBeCloseTo(stepBytes(counted, { ...options, batch: 1 }).experts, 0);
  for (const batch of [4, 16, 32])
    expect(Math.abs(read(batch) / stepBytes(counted, { ...options, batch }).experts - 1)).toBeLessThan(0.12);
  expect(read(32)).toBeGreaterThan(3.8 * read(1)); // of 4 times at most
  expect(read(32)).toBeLessThanOrEqual(4 * read(1));
});

describe("a cache of experts over a balanced router", () => {
  const rates = (of: RoutingTrace, policy: CacheRow["policy"]) =>
    cacheRows(of, { policies: [policy], seen }).map(({ hitRate }) => hitRate);

  it("finds about the share that it holds, if it does not know the future", () => {
    const [lru, mostUsed, optimal] = (["lru", "mostUsed", "optimal"] as const).map((policy) => rates(trace, policy));
    for (const slots of [2, 4, 6]) {
      expect(Math.abs(lru[slots] - slots / 8)).toBeLessThan(0.15);
      expect(Math.abs(mostUsed[slots] - slots / 8)).toBeLessThan(0.15);
      expect(optimal[slots]).toBeGreaterThan(lru[slots] + 0.05);
    }
  });

  it("gains by tokens that follow each other, though loads are equal: shuffled, LRU finds the share alone", () => {
    const shuffled = shuffledTrace(trace, new Generator(1));
    const [own, chance] = [rates(trace, "lru"), rates(shuffled, "lru")];
    for (const slots of [2, 4]) {
      expect(own[slots]).toBeGreaterThan(chance[slots] + 0.03);
      expect(Math.abs(chance[slots] - slots / 8)).toBeLessThan(0.03);
    }
    for (const { repeated, byLoad, uniform } of repetitionRows(trace)) {
      expect(byLoad).toBeGreaterThanOrEqual(uniform - 1e-9);
      expect(byLoad).toBeLessThan(uniform + 0.05);
      expect(repeated).toBeGreaterThan(byLoad);
    }
    for (const [layer, { repeated, byLoad }] of repetitionRows(shuffled).entries())
      expect(Math.abs(repeated - byLoad), `layer ${layer}`).toBeLessThan(0.02);
  });

  it("knows the next layer's experts before they are asked for, better than by chance", () => {
    const early = guessRows(trace, trace.foreseen);
    const learned = guessRows(trace, guessFromSeen(seen, trace, 2));
    expect(early.slice(2).every(({ recall, byChance }) => recall > 2 * byChance)).toBe(true);
    expect(learned.slice(1).every(({ recall, byChance }) => recall > byChance + 0.05)).toBe(true);
  });
});
