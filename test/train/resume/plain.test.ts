import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Generator } from "../../../lib/index.js";
import { fromText, toText } from "../../../lib/train/resume/plain.js";

describe("plain data as text", () => {
  const data = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(null, true, false, Infinity, -Infinity, NaN, -0),
      fc.double(),
      fc.string(),
      fc.array(tie("any")),
      fc.dictionary(fc.string(), tie("any"), { noNullPrototype: true }),
    ),
  })).any;

  it("comes back as it was, also what JSON has no number for", () => {
    fc.assert(
      fc.property(data, (value) => {
        expect(fromText(toText("test", "it", value))).toEqual(value);
      }),
    );
  });

  it.each([
    ["a Map", new Map()],
    ["a function", () => 1],
    ["a typed array", new Float32Array(1)],
    ["a bigint", 1n],
    ["a number as text has it", { $number: "1" }],
    ["a date", new Date()],
  ])("%s is none", (_, value) => {
    expect(() => toText("test", "it", { a: [value] })).toThrow("test: it.a.0 must be plain data");
  });
});

describe("the state of a generator", () => {
  const draws = {
    uint32: (rng: Generator) => rng.uint32(),
    uniform: (rng: Generator) => rng.uniform(),
    normal: (rng: Generator) => rng.normal(),
    spawn: (rng: Generator) => rng.spawn().uint32(),
    fork: (rng: Generator) => rng.fork("x").uint32(),
  };
  const calls = fc.array(fc.constantFrom(...(Object.keys(draws) as (keyof typeof draws)[])));
  const drawn = (rng: Generator, names: (keyof typeof draws)[]): number[] => names.map((name) => draws[name](rng));

  it("goes on to the same draws and streams, through JSON and from any other seed", () => {
    fc.assert(
      fc.property(calls, calls, (before, after) => {
        const [rng, other] = [new Generator(1), new Generator("other")];
        drawn(rng, before);
        other.restore(JSON.parse(JSON.stringify(rng.state())) as ReturnType<Generator["state"]>);
        expect(drawn(other, after)).toEqual(drawn(rng, after));
        expect(other.state()).toEqual(rng.state());
      }),
    );
  });

  it.each([null, {}, { key: 1 }, { words: [0, 0, 0] }, { words: [0, 0, 0, -1] }, { spawned: -1 }, { spare: "x" }])(
    "is refused where it is none: %j",
    (change) => {
      const rng = new Generator(1);
      const before = rng.state();
      const wrong = change && Object.keys(change).length ? { ...before, ...(change as object) } : change;
      expect(() => rng.restore(wrong as never)).toThrow("restore: needs what the state() of a generator gave, got ");
      expect(rng.state()).toEqual(before);
    },
  );
});
