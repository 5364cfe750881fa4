import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Corpus } from "../../../lib/data/index.js";
import { applyLora, Generator, Linear, saveSafetensors } from "../../../lib/index.js";
import { pretrained, transformer } from "../../../lib/models/index.js";
import { type AdapterLoss, adaptersForUsers, evaluate } from "../../../lib/train/index.js";

const text = (name: string): string =>
  readFileSync(new URL(`../../../assets/texts/${name}.txt`, import.meta.url), "utf8");
const lossOf = (losses: readonly AdapterLoss[], adapters: string, text: string): number =>
  losses.find((row) => row.adapters === adapters && row.text === text)!.loss;

describe("C8: one trained twin, and adapters for each of its users", () => {
  test("a few steps for two users: each reads his own text better, nothing of the base changes", async () => {
    const { model, tokenizer } = await pretrained("dense");
    const before = saveSafetensors(model.stateDict());
    const users = [
      new Corpus(text("german-names"), { name: "names", tokenizer }),
      new Corpus("The quick brown fox jumps over the lazy dog. Pack my box with five dozen liquor jugs! ".repeat(90), {
        name: "pangrams",
        tokenizer,
      }),
    ];
    const options = { steps: 6, batchSize: 2, lr: 2e-2, evalBlocks: 2 };
    const { states, losses, changed, parameters, bytes } = await adaptersForUsers(model, users, options);
    expect(changed).toEqual([]);
    expect(Buffer.compare(saveSafetensors(model.stateDict()), before)).toBe(0);
    for (const { name } of users) {
      // His own adapters help; those of the other one do not help as much.
      const others = users.find((user) => user.name !== name)!.name;
      expect(lossOf(losses, name, name)).toBeLessThan(lossOf(losses, "none", name) - 0.1);
      expect(lossOf(losses, name, name)).toBeLessThan(lossOf(losses, others, name) - 0.1);
    }
    expect(parameters.base).toBe(model.totalParameters());
    expect(parameters.adapters).toBe(4 * 2 * 4 * (128 + 128)); // layers, queries and values, rank, both sides
    // Of a file so small its header, with the names and shapes of its tensors, is a part.
    expect(bytes.copy).toBeGreaterThan(2 * parameters.base);
    expect(bytes.adapters).toBeLessThan(2 * parameters.adapters + 3000);
    expect(bytes.copy / bytes.adapters).toBeGreaterThan(80);

    // Put back beside another copy of the base, they do what they did.
    const { model: other } = await pretrained("dense");
    applyLora(other, ["query", "value"], { rng: new Generator(9), rank: 4 });
    other.loadStateDict(states.names, { strict: false });
    expect(evaluate(other, users[0], { blocks: 2 })).toBe(lossOf(losses, "names", "names"));
  }, 600_000);

  test("the model can be trained as before, also after a user whose text is too short", async () => {
    const corpus = new Corpus("to be or not to be. ".repeat(20), { name: "Hamlet" });
    const model = transformer({ vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8 });
    const trainable = model.trainableParameters();
    const { tokenizer, train, validation } = corpus;
    const short = new Corpus({ name: "short", tokenizer, train: train.slice(0, 3), validation });
    await expect(adaptersForUsers(model, [corpus, short], { steps: 1, batchSize: 1 })).rejects.toThrow(
      "the train part of short has 3 tokens",
    );
    expect(model.trainableParameters()).toBe(trainable);
    expect(model.modules().some((layer) => layer instanceof Linear && layer.adapter)).toBe(false);
  });

  test("users without a name of their own are refused", async () => {
    const corpus = new Corpus("to be or not to be. ".repeat(20), { name: "Hamlet" });
    const model = transformer({ vocabSize: corpus.tokenizer.vocabSize, blockSize: 8, nLayer: 1, nHead: 1, dModel: 8 });
    const plan = { steps: 1, batchSize: 1 };
    const { tokenizer, train, validation } = corpus;
    await expect(adaptersForUsers(model, [corpus, corpus], plan)).rejects.toThrow(
      'names of their own, and not "none", got "Hamlet"',
    );
    await expect(
      adaptersForUsers(model, [new Corpus({ name: "none", tokenizer, train, validation })], plan),
    ).rejects.toThrow('got "none"');
  });
});
