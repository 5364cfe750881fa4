/** What each number must be: test/golden/train/options.txt is the list to read, and the numbers at its borders are tried. */

import { describe, expect, it } from "vitest";
import { cases } from "./cases.js";

const all = Object.entries(cases).flatMap(([name, list]) =>
  list.map(([option, call, says = name]) => ({ says, option, call: call as (value: number) => unknown })),
);

/** The sentence of the error, or what there is instead of one. */
async function refusal({ says, option, call }: (typeof all)[number], value: number): Promise<string> {
  try {
    await call(value);
    return "accepted";
  } catch (error) {
    const { name, message } = error as Error;
    return name === "RangeError" && message.startsWith(`${says}: ${option} must be `)
      ? message.replace(/, got \S+$/, "")
      : "another error";
  }
}

it("stands in a list", async () => {
  const sentences: string[] = [];
  for (const one of all) sentences.push(`${await refusal(one, NaN)}\n`);
  await expect(sentences.join("")).toMatchFileSnapshot("../../golden/train/options.txt");
});

describe("just outside of its range is refused by the same sentence, and the end of the range is not:", () => {
  it.each(all.map((one) => ({ ...one, name: `${one.says}, ${one.option}` })))("$name", async (one) => {
    const sentence = await refusal(one, NaN);
    const [, from] = / from ([-.\d]+)/.exec(sentence) ?? [];
    const [, above] = / above ([-.\d]+)/.exec(sentence) ?? [];
    const [, below] = / below ([-.\d]+)/.exec(sentence) ?? [];
    const isInteger = sentence.includes("an integer");
    if (isInteger) expect(await refusal(one, 2.5)).toBe(sentence);
    if (from) expect(await refusal(one, Number(from) - (isInteger ? 1 : 1e-9))).toBe(sentence);
    if (from) expect(await refusal(one, Number(from))).not.toBe(sentence);
    if (above) expect(await refusal(one, Number(above))).toBe(sentence);
    if (below) expect(await refusal(one, Number(below))).toBe(sentence);
    if (!sentence.includes("or Infinity")) expect(await refusal(one, Infinity)).toBe(sentence);
  });
});
