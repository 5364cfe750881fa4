import { describe, expect, test } from "vitest";
import { account, models } from "../../lib/account/index.js";
import { countedFrom, type PlainAccount, plainAccount } from "../../lib/account/plain.js";
import { expertsOf, withValues } from "../../lib/cost/changed.js";
import { bound, flops } from "../../lib/cost/index.js";

const all = models.flatMap(({ name, config }) => (config ? [{ name, counted: account(config) }] : []));
const sent = (counted: ReturnType<typeof account>) => JSON.parse(JSON.stringify(plainAccount(counted))) as PlainAccount;
const mixtures = all.filter(({ counted }) => {
  try {
    return Boolean(expertsOf("test", counted));
  } catch {
    return false;
  }
});

describe("a counted model as plain data", () => {
  test.each(all)("of $name, sent as JSON, counts and costs the same", ({ counted }) => {
    const anew = countedFrom(sent(counted));
    const { total, active, byKind, activeByKind, oneExpert, buffers, width, experts, tied } = counted;
    expect(anew).toMatchObject({ total, active, byKind, activeByKind, oneExpert, buffers, width, experts, tied });
    const step = { phase: "decode", context: 1000, batch: 4 } as const;
    expect(flops(anew, step)).toEqual(flops(counted, step));
    expect(bound(anew, "H100-SXM", step)).toEqual(bound(counted, "H100-SXM", step));
  });

  test("is a few kB", () => {
    for (const { name, counted } of all) expect(JSON.stringify(plainAccount(counted)).length, name).toBeLessThan(6_000);
  });

  test.each(mixtures)("of $name counts other experts as a config with these does", ({ counted }) => {
    const { E, k } = expertsOf("test", counted);
    for (const [experts, topK] of [
      [2n * E.value, k.value],
      [E.value + 8n, 1n],
    ]) {
      const changed = withValues(counted, [E, k], ({ letter }) => (letter === "E" ? experts : topK));
      const anew = countedFrom(sent(counted), { E: Number(experts), k: Number(topK) });
      expect([anew.total, anew.active, anew.experts]).toEqual([changed.total, changed.active, changed.experts]);
    }
  });

  test("were enough mixtures", () => expect(mixtures.length).toBeGreaterThan(15));
});
