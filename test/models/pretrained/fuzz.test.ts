import { expect, test } from "vitest";
import { loadPretrained } from "../../../lib/models/pretrained/index.js";
import { Generator } from "../../../lib/index.js";
import { isRecord } from "../../../lib/format/record.js";
import { fromArray, noGrad } from "../../../lib/tensor/index.js";
import { mutations } from "../../nn/checkpoint/mutations.js";
import { type Config, configOf, fileOf, names } from "./files.js";

/** Folders to damage: `FUZZ=10000 npx vitest --project unit test/models/pretrained/fuzz` takes minutes. */
const FOLDERS = Number(process.env.FUZZ ?? 300);
/** Seconds and bytes that one folder may take, where it is refused too. */
const MOST = { seconds: 20, bytes: 128e6 };

const values: unknown[] = [null, true, false, 0, 1, 2, 3, 5, 7, 16, 64, -1, -0.5, 0.5, 1e-30, 1e9, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e300, "", "4", "silu", "relu", "default", "yarn", "gpt2", "mamba", [], [0], [1e9], ["full_attention", "sliding_attention"], ["x", "x"], {}, { rope_type: "yarn" }, { rope_type: "linear", factor: -1 }, [[[[]]]], "__proto__"]; // prettier-ignore
const every = names.map(configOf);
const fields = [...new Set(every.flatMap((config) => Object.keys(config)))].sort();

const pick = <T>(rng: Generator, from: readonly T[]): T => from[rng.below(from.length)];

/** Ways to change a config. */
const changes: ((config: Config, rng: Generator) => unknown)[] = [
  (config, rng) => (config[pick(rng, Object.keys(config))] = pick(rng, values)),
  (config, rng) => (config[pick(rng, fields)] = pick(rng, values)),
  (config, rng) => Reflect.deleteProperty(config, pick(rng, Object.keys(config))),
  (config, rng) => {
    const field = pick(rng, fields);
    config[field] = pick(rng, every)[field];
  },
  (config, rng) => {
    const { rope_parameters: rope } = config;
    if (isRecord(rope)) rope[pick(rng, [...Object.keys(rope), "factor", "mscale"])] = pick(rng, values);
  },
  (config, rng) => {
    const numbers = Object.keys(config).filter((field) => Number.isInteger(config[field]));
    const field = pick(rng, numbers);
    config[field] = (config[field] as number) * (1 + rng.below(4)) + rng.below(3) - 1;
  },
];

function damagedFolder(rng: Generator): { files: Record<string, Uint8Array>; how: string } {
  const name = pick(rng, names);
  const config = configOf(name);
  let weights: Uint8Array = fileOf(name, "model.safetensors");
  let how = name;
  if (rng.below(4) > 0) for (let times = 1 + rng.below(2); times > 0; times--) pick(rng, changes)(config, rng);
  else {
    const kind = pick(rng, Object.keys(mutations));
    weights = mutations[kind](weights, rng);
    how = `${name}, ${kind}`;
  }
  let text = new TextEncoder().encode(JSON.stringify(config));
  if (rng.below(12) === 0) text = text.map((byte, i) => (i === rng.below(text.length) ? rng.below(256) : byte));
  return { files: { "config.json": text, "model.safetensors": weights }, how: `${how}: ${JSON.stringify(config)}` };
}

test(`${FOLDERS} damaged folders end in one sentence, or in a model that runs`, { timeout: 3_600_000 }, async () => {
  const rng = new Generator(17);
  const ids = fromArray([3, 1, 4, 1, 5, 9], [1, 6], "int32");
  let [loaded, refused] = [0, 0];
  for (let i = 0; i < FOLDERS; i++) {
    const { files, how } = damagedFolder(rng);
    const [start, before] = [performance.now(), process.memoryUsage()];
    const found = await loadPretrained(files).catch((error: unknown) => (error as Error).message);
    if (typeof found === "string") {
      expect(found, how).toMatch(/^(loadPretrained|Checkpoint): [^\n]{5,4000}$/);
      expect(found, how).not.toMatch(/undefined|\bNaN\b|Invalid array length|allocation failed/);
      refused++;
    } else {
      const said = ((): string => {
        try {
          const { logits } = noGrad(() => found.model.forward(ids));
          return logits.shape.slice(0, 2).join(" ");
        } catch (error) {
          return (error as Error).message;
        }
      })();
      // A smaller vocabulary or fewer positions than the text needs is a model too.
      expect(said, how).toMatch(/^(1 6$|the model: )/);
      loaded++;
    }
    expect((performance.now() - start) / 1000, how).toBeLessThan(MOST.seconds);
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers, how).toBeLessThan(MOST.bytes);
  }
  expect(loaded).toBeGreaterThan(FOLDERS / 10);
  expect(refused).toBeGreaterThan(FOLDERS / 4);
});
