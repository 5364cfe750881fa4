import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { account, type Config, ConfigError, formula, leaves, partRows } from "../../lib/account/index.js";
import { rows, withField } from "./rows.js";

const anyRow = fc.constantFrom(...rows);
/** Lists that are as long as the model is deep, or whose meaning depends on it. */
const PER_LAYER =
  /layer_types|layers_block_type|mlp_only_layers|moe_layer_|num_sparse|linear_attn_config|compress_ratios|per_layer|indexer_types/;
/** Two sets of experts with the same number: one expert more is two. */
const TWO_SETS = ["ernie4_5_vl_moe_text", "jetmoe", "nllb-moe"];

describe("any config of any family", () => {
  it("has a tree that sums to the total, and kinds that sum to total and active", () => {
    for (const { config } of rows) {
      const counted = account(config);
      const sums = (pick: "total" | "active") =>
        leaves(counted.tree)
          .filter(({ part }) => !part.buffer)
          .reduce((sum, leaf) => sum + leaf[pick], 0n);
      expect(sums("total")).toBe(counted.total);
      expect(sums("active")).toBe(counted.active);
      expect(Object.values(counted.byKind).reduce((a, b) => a + b)).toBe(counted.total);
      expect(Object.values(counted.activeByKind).reduce((a, b) => a + b)).toBe(counted.active);
      const [top] = partRows(counted);
      expect([top.total, top.active]).toEqual([counted.total, counted.active]);
    }
  });

  it("has no more active than total parameters, and as many exactly where it is dense or uses all its experts", () => {
    for (const { config } of rows) {
      const { total, active, experts, moeLayers } = account(config);
      expect(active <= total).toBe(true);
      expect(active === total).toBe(moeLayers === 0 || experts.topK === experts.total);
    }
  });

  it("has more parameters, total and active, with more layers", () => {
    fc.assert(
      fc.property(anyRow, fc.integer({ min: 1, max: 9 }), ({ config }, more) => {
        // Zamba 2's default names each of 54 layers, Gemma 3n may have a width for each.
        const isListed = Object.entries(config).some(
          ([field, value]) => PER_LAYER.test(field) || (Array.isArray(value) && typeof value[0] === "number"),
        );
        fc.pre(!isListed && config.model_type !== "zamba2");
        const before = account(config);
        const depths = before.letters.filter(({ letter }) => /^L(_enc|_dec)?$/.test(letter));
        const after = account(
          depths.reduce((deeper, { field, value }) => withField(deeper, field, Number(value) + more), config),
        );
        if (config.model_type === "albert") {
          expect(after.total).toBe(before.total); // its layers share theirs
          return;
        }
        expect(after.total > before.total).toBe(true);
        expect(after.active > before.active).toBe(true);
      }),
    );
  });

  it("grows with more experts by those experts and their rows in the router, and does not activate them", () => {
    fc.assert(
      fc.property(anyRow, fc.integer({ min: 1, max: 9 }), ({ config }, more) => {
        const before = account(config);
        fc.pre(before.moeLayers > 0 && before.byKind.router > 0n && !TWO_SETS.includes(config.model_type));
        const letter = before.letters.find(({ letter: name }) => name === "E")!;
        const after = account(withField(config, letter.field, Number(letter.value) + more));
        const router = after.byKind.router - before.byKind.router;
        expect(after.total - before.total).toBe(router + BigInt(more * before.moeLayers) * before.oneExpert);
        expect(after.active - before.active).toBe(router);
      }),
    );
  });

  it("changes tree, formula and count together when a field that bears parameters changes", async () => {
    await fc.assert(
      fc.asyncProperty(anyRow, fc.nat(), fc.constantFrom(2, 3), async ({ config }, pick, factor) => {
        const before = account(config);
        const fields = before.letters.filter(({ field }) => /^[\w.]+$/.test(field));
        const { letter, field, value } = fields[pick % fields.length];
        // More heads may not divide the width, more active experts not be there.
        let after;
        try {
          after = account(withField(config, field, Number(value) * factor));
        } catch (error) {
          if (error instanceof ConfigError) return;
          throw error;
        }
        const [was, is] = [await formula(before, "active"), await formula(after, "active")];
        const [wasAll, isAll] = [await formula(before), await formula(after)];
        expect([is.value, isAll.value]).toEqual([after.active, after.total]);
        const bears = was.letters.some((used) => used.letter === letter);
        const bearsTotal = wasAll.letters.some((used) => used.letter === letter);
        const trees = [before, after].map((counted) =>
          JSON.stringify(partRows(counted), (_, v: unknown) => (typeof v === "bigint" ? String(v) : v)),
        );
        if (letter !== "H" && bears) expect(after.active).not.toBe(before.active);
        if (letter !== "H" && bearsTotal) expect(after.total).not.toBe(before.total);
        // A letter may also follow from the field, as the size of a head does from the number of heads.
        const shows = ({ letters }: typeof was) =>
          letters.some((old) => after.letters.find((now) => now.letter === old.letter)?.value !== old.value);
        expect(is.latexInNumbers !== was.latexInNumbers).toBe(shows(was));
        expect(isAll.latexInNumbers !== wasAll.latexInNumbers).toBe(shows(wasAll));
        if (after.total !== before.total || after.active !== before.active) expect(trees[0]).not.toBe(trees[1]);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it("counts, or refuses in one sentence that names the file, whatever a field holds", () => {
    const anything = fc.oneof(
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.integer(),
      fc.double(),
    );
    fc.assert(
      fc.property(anyRow, fc.nat(), anything, ({ config }, pick, value) => {
        const fields = [...new Set([...Object.keys(config), ...account(config).letters.map(({ field }) => field)])];
        const field = fields.filter((name) => /^[\w.]+$/.test(name))[pick % fields.length] ?? "model_type";
        const changed = withField(config, field, value);
        try {
          expect(account(changed, { file: "config.json" }).total > 0n).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as Error).message).toMatch(/^config\.json\b[^\n]+$/);
        }
      }),
      { numRuns: 1000 },
    );
  }, 30_000);
});

it("counts beyond 2^53 to the last digit", () => {
  const big = { hidden_size: 2e9, intermediate_size: 2e9, num_local_experts: 1e9, num_hidden_layers: 1001 };
  const config: Config = {
    model_type: "mixtral",
    vocab_size: 1,
    num_attention_heads: 1,
    num_key_value_heads: 1,
    ...big,
  };
  const D = 2_000_000_000n;
  const layer = 4n * D * D + 2n * D + 1_000_000_000n * D + 1_000_000_000n * 3n * D * D;
  expect(account(config).total).toBe(1001n * layer + 2n * D + D);
});
