import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Corpus } from "../../../lib/data/index.js";
import {
  fromArray,
  Generator,
  loadSafetensors,
  noGrad,
  randn,
  saveSafetensors,
  type Tensor,
} from "../../../lib/index.js";
import { type Transformer, transformer, upcycle } from "../../../lib/models/index.js";
import {
  hashTable,
  learnTable,
  route,
  Router,
  type RouterConfig,
  routersIn,
  type Routing,
} from "../../../lib/moe/index.js";
import { read } from "../../../lib/tensor/tensor.js";
import { train, TrainingError } from "../../../lib/train/index.js";

const row = (table: Tensor, id: number): number[] => (table.toArray() as number[][])[id];
const ascending = (list: ArrayLike<number>): number[] => Array.from(list).sort((a, b) => a - b);
const shape = { vocabSize: 7, blockSize: 6, nLayer: 2, nHead: 1, dModel: 4, nExpert: 4, topK: 2 };
const name = (layer: number): string => `blocks.${layer}.feedForward.router.state.tid2eid`;

describe("a table is state", () => {
  const changed = (seed = 1): Transformer => {
    const model = transformer({ ...shape, select: "table" }, { seed });
    const tables = routersIn(model).map(({ state }) => state.tid2eid);
    tables[0].set(Array.from({ length: 7 }, (_, id) => [id % 4, (id + 1) % 4]).flat());
    tables[1].set(Array.from({ length: 7 }, (_, id) => [(id + 2) % 4, id % 4]).flat());
    return model;
  };

  it("of no parameter and no gradient, saved as int32 and loaded, from a file and from JSON", () => {
    const model = changed();
    expect(model.namedBuffers().map(([path]) => path)).toEqual([name(0), name(1)]);
    expect(model.namedParameters().filter(([path]) => path.includes("tid2eid"))).toEqual([]);
    const state = model.stateDict();
    expect(state[name(1)]).toMatchObject({ shape: [7, 2], data: expect.any(Int32Array) as Int32Array });
    const { state: fromFile } = loadSafetensors(saveSafetensors(state));
    const plain = Object.entries(state).map(([path, { shape, data }]) => [path, { shape, data: Array.from(data) }]);
    const fromJson = JSON.parse(JSON.stringify(Object.fromEntries(plain))) as typeof state;
    const ids = fromArray([0, 1, 2, 3, 4, 5, 6, 6], [2, 4], "int32");
    const wanted = (m: Transformer): number[][] =>
      noGrad(() => m.forward(ids).routings).map(({ experts }) => Array.from(experts));
    for (const read of [fromFile, fromJson]) {
      const other = transformer({ ...shape, select: "table" }, { seed: 2 });
      expect(wanted(other)).not.toEqual(wanted(model));
      other.loadStateDict(read);
      expect(other.stateDict()).toEqual(state);
      expect(wanted(other)).toEqual(wanted(model));
    }
  });

  it.each([
    [{ shape: [8, 2], data: new Int32Array(16) }, `loadStateDict: ${name(0)} is [7, 2] here and [8, 2] in the state`],
    [{ shape: [7, 2], data: new Array<number>(14).fill(0.5) }, `loadStateDict: ${name(0)}: 0.5 is not an integer`],
  ])("of another vocabulary or with fractions is not loaded", (entry, sentence) => {
    const model = changed();
    const before = model.stateDict();
    expect(() => model.loadStateDict({ ...before, [name(0)]: entry })).toThrow(sentence);
    expect(model.stateDict()).toEqual(before);
  });

  it("is rolled back with the weights when a training runs into infinity", async () => {
    const corpus = new Corpus("abcdefg ".repeat(90));
    const model = transformer({ ...shape, vocabSize: corpus.tokenizer.vocabSize, select: "table" }, { seed: 1 });
    const before = model.stateDict();
    const run = async (): Promise<void> => {
      for await (const { step } of train(model, corpus, {
        steps: 9,
        batchSize: 2,
        lr: 1e38,
        clip: Infinity,
        warmup: 0,
      }))
        if (step === 1)
          for (const { state } of routersIn(model))
            state.tid2eid.set(Array.from({ length: state.tid2eid.size }, (_, i) => i % 2));
    };
    await expect(run()).rejects.toThrow(TrainingError);
    expect(Object.keys(before)).toContain(name(0));
    expect(model.stateDict()).toEqual(before);
  });

  it("of a new model that a dense one was made into", () => {
    const moe = upcycle(transformer({ ...shape, nExpert: 0 }), { nExpert: 4, topK: 2, select: "table" });
    expect(routersIn(moe).map(({ state }) => state.tid2eid.toArray())).toEqual(
      new Array(2).fill(hashTable(7, 4, 2).toArray()),
    );
  });
});

describe("learnTable", () => {
  const rng = new Generator(3);
  const student = (nExpert = 4): Router => new Router(3, nExpert, { rng, select: "table", topK: 2, vocabSize: 6 });
  /** Each token's experts by their logits. */
  const chosen = (experts: readonly (readonly number[])[], more: Partial<RouterConfig> = {}, nExpert = 4): Routing => {
    const rows = experts.map((row) => Array.from({ length: nExpert }, (_, e) => 9 * (!row.includes(e) ? -1 : 9 - row.indexOf(e)))); // prettier-ignore
    return route(fromArray(rows.flat(), [experts.length, nExpert]), { topK: 2, ...more });
  };

  it("gives each id the experts that were chosen most often; among equals, those of its row; what was not seen stays", () => {
    const router = student();
    router.state.tid2eid.set([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
    const seen = learnTable(router, [
      { ids: [0, 0, 1], routing: chosen([[2, 3], [3, 0], [0, 2]]) }, // prettier-ignore
      { ids: [0, 4, 1], routing: chosen([[3, 2], [1, 2], [2, 0]]) }, // prettier-ignore
      { ids: [4], routing: chosen([[3, 1]]) }, // prettier-ignore
      { ids: [], routing: chosen([]) },
    ]);
    expect(seen).toBe(3);
    // 0: expert 3 three times, 2 twice. 1: 0 and 2 twice each, of which 2 stood there. 4: 1 twice, 2 and 3 once each, so the first.
    expect(router.state.tid2eid.toArray()).toEqual([[3, 2], [2, 0], [0, 1], [2, 3], [1, 2], [2, 3]]); // prettier-ignore
  });

  it("fills up with the experts of the row where fewer than K were chosen; null experts and what was not sent do not count", () => {
    const router = student();
    router.state.tid2eid.set([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
    learnTable(router, [{ ids: [0, 1], routing: chosen([[4, 3], [5, 4]], { nNullExpert: 2 }, 6) }]); // prettier-ignore
    expect((router.state.tid2eid.toArray() as number[][]).slice(0, 2)).toEqual([[3, 0], [2, 3]]); // prettier-ignore
    learnTable(router, [{ ids: [1], routing: chosen([[1, 0]], { topK: 1 }) }]);
    expect(row(router.state.tid2eid, 1)).toEqual([1, 2]);
    const gshard = route(fromArray([0, 9, -9, -9], [1, 4]), { select: "gshard", secondExpert: "threshold" });
    expect([...gshard.skipped]).toEqual([0, 1]);
    learnTable(router, [{ ids: [2], routing: gshard }]);
    expect(row(router.state.tid2eid, 2)).toEqual([1, 0]);
    const full = route(fromArray([0, 1, 9, 8, 0, 1, 9, 8], [2, 4]), { topK: 2, capacityFactor: 0.5 });
    expect(full.positions.filter((p) => p < 0).length).toBeGreaterThan(0);
    learnTable(router, [{ ids: [3, 4], routing: full }]);
    expect([3, 4].map((id) => row(router.state.tid2eid, id))).toEqual([[2, 3], [2, 3]]); // prettier-ignore
  });

  it("leaves K different experts in each row, whatever was chosen, and a router that chooses by them", () => {
    const passes = fc.array(fc.record({ n: fc.integer({ min: 0, max: 5 }), seed: fc.nat(99) }), { maxLength: 4 });
    fc.assert(
      fc.property(passes, fc.integer({ min: 2, max: 5 }), (drawn, nExpert) => {
        const router = student(nExpert);
        const before = router.state.tid2eid.toArray() as number[][];
        const given = drawn.map(({ n, seed }) => {
          const rng = new Generator(seed);
          const ids = Array.from({ length: n }, () => Math.floor(rng.uniform() * 6));
          return { ids, routing: route(randn([n, nExpert], rng), { select: "topP", topP: 0.6 }) };
        });
        const seen = new Set(given.flatMap(({ ids }) => ids));
        expect(learnTable(router, given)).toBe(seen.size);
        (router.state.tid2eid.toArray() as number[][]).forEach((experts, id) => {
          expect(new Set(experts).size).toBe(2);
          if (!seen.has(id)) expect(experts).toEqual(before[id]);
        });
        const all = router.forward(randn([6, 3], new Generator(1)), { ids: [0, 1, 2, 3, 4, 5] });
        for (let id = 0; id < 6; id++)
          expect(ascending(all.experts.subarray(2 * id, 2 * id + 2))).toEqual(ascending(row(router.state.tid2eid, id)));
      }),
    );
  });

  it("of two models, layer by layer: after it, the student chooses as the teacher where the id alone decides", () => {
    const teacher = transformer({ ...shape, nLayer: 2, select: "hash" }); // by id alone, so that every choice can be learned
    const model = transformer({ ...shape, nLayer: 2, select: "table" });
    const ids = fromArray([0, 1, 2, 3, 4, 5], [1, 6], "int32");
    const { routings } = noGrad(() => teacher.forward(ids));
    routersIn(model).forEach((router, i) => learnTable(router, [{ ids: read(ids), routing: routings[i] }]));
    noGrad(() => model.forward(ids)).routings.forEach(({ demand }, i) => expect(demand).toEqual(routings[i].demand));
  });

  it("refuses what does not fit, with the table as it was", () => {
    const router = student();
    const before = router.state.tid2eid.toArray();
    const good = { ids: [1], routing: chosen([[1, 3]]) };
    const refused = (ids: number[], routing: Routing, sentence: string): void =>
      expect(() => learnTable(router, [good, { ids, routing }])).toThrow(sentence);
    refused([6], chosen([[0, 1]]), "learnTable: id 0 must be an integer from 0 to below 6, got 6");
    refused([-1], chosen([[0, 1]]), "learnTable: id 0 must be an integer from 0 to below 6, got -1");
    refused([0.5], chosen([[0, 1]]), "learnTable: id 0 must be an integer from 0 to below 6, got 0.5");
    refused([0, 1], chosen([[0, 1]]), "learnTable: there are 2 ids for 1 routed tokens; give one for each");
    refused([0], chosen([[0, 1]], {}, 5), "learnTable: the table is for 4 experts, but the choices are among 5");
    expect(router.state.tid2eid.toArray()).toEqual(before);
    expect(() => learnTable(new Router(3, 4, { rng }), [])).toThrow(
      'learnTable: the router has no table: make it with select "table"',
    );
  });
});
