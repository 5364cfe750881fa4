import { describe, expect, it } from "vitest";
import {
  balanceFactors,
  route,
  routerDefaults,
  type RouterConfig,
  routerFields,
  routerProblem,
} from "../../lib/moe/index.js";
import { Generator, randn } from "../../lib/index.js";
import { modelConfig, transformer, twins } from "../../lib/models/index.js";
import { selects } from "./anyConfig.js";

const problem = (input: Partial<RouterConfig>, nExpert = 8): string | null =>
  routerProblem(routerDefaults(input, nExpert), nExpert);

describe("a router config", () => {
  it("has a default for every field, and they make sense together", () => {
    const config = routerDefaults({}, 8);
    expect(Object.keys(config).sort()).toEqual([...routerFields].sort());
    expect(problem({})).toBeNull();
  });

  it("keeps every given value and takes undefined for nothing said", () => {
    expect(routerDefaults({ topK: 3, capacityFactor: 1.25 }, 8)).toMatchObject({
      topK: 3,
      capacityFactor: 1.25,
      evalCapacityFactor: "same",
      overflow: "drop",
    });
    expect(routerDefaults({ noise: undefined } as unknown as Partial<RouterConfig>, 8).noise).toBe("none");
  });

  it("resolved, it resolves to itself, and a copy with one word changed follows it in evaluation as well", () => {
    const inputs: Partial<RouterConfig>[] = [
      {},
      { capacityFactor: 1, evalCapacityFactor: 2 },
      { capacityFactor: 1, evalCapacityFactor: null },
      { evalCapacityFactor: 2 },
      { select: "expertChoice", capacityFactor: 2 },
      { select: "hash" },
      { noise: "learned", balance: { load: 0.1, importance: 0.1 } },
      { topK: 1, capacityFactor: 1.25, queue: "random", minCapacity: 4 },
    ];
    for (const input of inputs) {
      const config = routerDefaults(input, 8);
      expect(routerDefaults(config, 8)).toEqual(config);
      expect(problem(config)).toBeNull();
    }
    const model = transformer({ vocabSize: 9, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8, nExpert: 4, topK: 1 });
    expect(modelConfig(model.config)).toEqual(model.config);
    const capacities = (config: Partial<RouterConfig>): (number | null)[] =>
      [true, false].map((training) => route(randn([16, 4], new Generator(1)), config, { training }).capacity);
    const router = routerDefaults({ topK: 1 }, 4);
    expect(capacities(router)).toEqual([null, null]);
    const limited = routerDefaults({ ...router, capacityFactor: 1, overflow: "drop" }, 4);
    expect(capacities(limited)).toEqual([4, 4]);
    expect(capacities({ ...limited, capacityFactor: 2 })).toEqual([8, 8]);
    expect(capacities({ ...limited, evalCapacityFactor: 0.5 })).toEqual([4, 2]);
    expect(capacities({ ...limited, evalCapacityFactor: null })).toEqual([4, null]);
    expect(capacities({ topK: 1, evalCapacityFactor: 0.5 })).toEqual([null, 2]);
    expect(capacities({ select: "expertChoice", topK: 1, capacityFactor: 1, evalCapacityFactor: 2 })).toEqual([4, 8]);
  });

  it("reads a number as the factor of Switch's loss, and leaves out terms at 0", () => {
    expect(balanceFactors(0.02)).toEqual({ switch: 0.02 });
    expect(balanceFactors({ z: 1e-3, switch: 0 })).toEqual({ z: 1e-3 });
    expect(balanceFactors(0)).toEqual({});
  });

  it("lets expert choice have a minimum of places, and any selection that compares tokens do so within sequences", () => {
    expect(problem({ select: "expertChoice", minCapacity: 2 })).toBeNull();
    for (const select of ["expertChoice", "base", "sinkhorn"] as const)
      expect(problem({ select, capacityPer: "sequence" }), select).toBeNull();
    expect(problem({ capacityPer: "sequence" })).toContain("only where places are limited");
    expect(problem({ select: "soft", nSharedExpert: 1 })).toContain("leave nSharedExpert out");
    expect(problem({ select: "soft", routerBias: true })).toContain("leave routerBias out");
  });

  it("adds no balance loss by default where there is no router to teach, or nothing to even out", () => {
    for (const select of ["hash", "random", "expertChoice", "base", "soft"] as const)
      expect(routerDefaults({ select }, 8).balance, select).toBe(0);
    expect(routerDefaults({ select: "sinkhorn" }, 8).balance).toBe(0.01);
  });

  const senseless: [Partial<RouterConfig>, string][] = [
    [{ topK: 9 }, "topK 9 must not exceed nExpert 8"],
    [{ topK: 1.5 }, "topK must be an integer from 1, got 1.5"],
    [{ select: "top2" as "topK" }, `select must be one of ${selects.join(", ")}, got "top2"`],
    [{ noise: "pink" as "none" }, 'noise must be one of none, normal, learned, jitter, gumbel, got "pink"'],
    [{ renormalize: "all" as "kept" }, 'renormalize must be true, false or "kept", got "all"'],
    [
      { balance: { swich: 1 } as object },
      'balance has no term "swich"; the terms are switch, gshard, importance, load, z, sequence, bias, quantile',
    ],
    [{ balance: { z: -1 } }, "balance.z must be a number from 0, got -1"],
    [{ balance: NaN }, "balance must be a number from 0, got NaN"],
    [{ capacityFactor: 0 }, "capacityFactor must be above 0, or null for no limit, got 0"],
    [{ evalCapacityFactor: -1 }, 'evalCapacityFactor must be above 0, null for no limit, or "same", got -1'],
    [
      { evalCapacityFactor: 2, overflow: "dropless" },
      'capacityFactor 2 limits nothing with overflow "dropless": use "drop" or "nextBest", or capacityFactor null',
    ],
    [
      { select: "topP", balance: { sequence: 0.1 } },
      'balance.load and balance.sequence need the same number of experts for every token, which select "topP" does not give',
    ],
    [
      { noise: "normal", noiseScale: 0 },
      'noise "normal" of noiseScale 0 would change nothing: give noiseScale, or use noise "none"',
    ],
    [
      { select: "groupLimited", nGroup: 4, topKGroup: 2, expertDropout: 0.1 },
      'expertDropout may hide all experts of the groups that select "groupLimited" allows: use select "topK"',
    ],
    [
      { select: "random", straightThrough: true },
      'select "random" has no router that a gradient could go straight through to: leave straightThrough out',
    ],
    [
      { select: "expertChoice", capacityFactor: 1, queue: "random" },
      'select "expertChoice" lets every expert choose its tokens, so there is no queue: leave queue out',
    ],
    [{ expertDropout: 1 }, "expertDropout must be from 0 to below 1, got 1"],
    [{ topP: 0, select: "topP" }, "topP must be above 0 and at most 1, got 0"],
    [{ temperature: 0 }, "temperature must be above 0, got 0"],
    [{ noiseScale: -1 }, "noiseScale must be a number from 0, got -1"],
    [{ nSharedExpert: -1 }, "nSharedExpert must be an integer from 0, got -1"],
    [{ select: "gshard", topK: 1 }, 'select "gshard" sends each token to two experts: use topK 2, got 1'],
    [{ select: "base", topK: 2 }, 'select "base" gives each token one expert: use topK 1, got 2'],
    [{ nGroup: 2 }, 'nGroup and topKGroup have an effect with select "groupLimited" alone, not with select "topK"'],
    [{ select: "groupLimited", nGroup: 3 }, "8 experts cannot be divided into 3 equal groups (nGroup)"],
    [{ select: "groupLimited", nGroup: 4, topKGroup: 5 }, "topKGroup 5 must not exceed nGroup 4"],
    [{ select: "groupLimited", nGroup: 4, topK: 3 }, "topK 3 must not exceed the 2 experts of topKGroup 1 groups"],
    [
      { select: "hash", noise: "normal" },
      'select "hash" does not look at logits, so noise "normal" would change nothing',
    ],
    [
      { select: "random", score: "sigmoid" },
      'select "random" does not look at logits, so score "sigmoid" would change nothing',
    ],
    [
      { select: "hash", routerBias: true },
      'select "hash" has no router that could learn, so routerBias would change nothing',
    ],
    [
      { select: "hash", balance: 0.01 },
      'select "hash" has no router that could learn, so balance would change nothing: use balance 0',
    ],
    [
      { select: "base", balance: { bias: 1e-3 } },
      'balance.bias shifts the scores that "topK" and "groupLimited" compare; select "base" has no use for it',
    ],
    [
      { balance: { load: 0.1 } },
      'balance.load is the chance to be chosen under noise: it needs noise "learned" or "normal", got "none"',
    ],
    [
      { select: "expertChoice", expertDropout: 0.1 },
      'expertDropout hides experts from a choice by score; with select "expertChoice" there is none',
    ],
    [
      { overflow: "nextBest" },
      'overflow "nextBest" needs a limit to flow over: give capacityFactor, or use overflow "dropless"',
    ],
    [
      { capacityFactor: 1, overflow: "dropless" },
      'capacityFactor 1 limits nothing with overflow "dropless": use "drop" or "nextBest", or capacityFactor null',
    ],
    [
      { select: "expertChoice", capacityFactor: 1, overflow: "drop" },
      'select "expertChoice" fills each expert exactly, so nothing flows over: leave overflow out',
    ],
    [
      { select: "hash", capacityFactor: 1, overflow: "nextBest" },
      'select "hash" ranks no experts, so there is no next-best one: use overflow "drop"',
    ],
    [
      { queue: "random" },
      "queue, order, minCapacity and capacityPer have an effect only where places are limited: give capacityFactor",
    ],
    [
      { select: "soft", capacityFactor: 1 },
      'select "soft" mixes all tokens into fixed slots, so capacityFactor has no meaning',
    ],
    [{ select: "soft", noise: "gumbel" }, 'select "soft" chooses nothing that noise "gumbel" could change'],
    [{ select: "soft", score: "cosine" }, 'select "soft" takes softmaxes over tokens and slots: use score "softmax"'],
    [{ select: "soft", balance: 0.01 }, 'select "soft" gives every expert equally much: use balance 0'],
    [
      { select: "soft", straightThrough: true },
      'select "soft" has no hard choice to send a gradient through: leave straightThrough out',
    ],
  ];

  it.each(senseless)("%j is refused in one sentence", (input, sentence) => {
    expect(problem(input)).toBe(sentence);
    expect(() => route(randn([4, 8], new Generator(1)), input)).toThrow(`router: ${sentence}`);
  });

  it("is part of the model config: the same sentence there", () => {
    const base = { vocabSize: 9, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8, nExpert: 8 };
    expect(() => modelConfig({ ...base, select: "hash", noise: "normal" })).toThrow(
      'model config: select "hash" does not look at logits, so noise "normal" would change nothing',
    );
    expect(twins({ ...base, select: "groupLimited", nGroup: 4, topKGroup: 2 }).moe.config.nGroup).toBe(4);
    expect(
      transformer({ ...base, nSharedExpert: 1 })
        .namedParameters()
        .map(([name]) => name),
    ).toContain("blocks.0.feedForward.shared.up.weight");
  });
});
