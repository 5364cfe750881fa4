import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Generator, Linear } from "../../../lib/index.js";
import { AdamW, RunFolder, RunState } from "../../../lib/train/index.js";
import { checksum } from "../../../lib/train/resume/checksum.js";
import { contents } from "./saved.js";

const root = mkdtempSync(path.join(tmpdir(), "twinformer-torn-"));
afterAll(() => rmSync(root, { recursive: true }));

const made = (seed: number): RunState => {
  const model = new Linear(2, 1, { rng: new Generator(seed) });
  return new RunState({ model, optimizer: new AdamW(model.parameters()), progress: { step: seed } });
};
const whole = made(1).save();

describe("a save that is not what was written", () => {
  const target = made(2);
  const before = contents(target.save());
  const expectRefused = (bytes: Uint8Array): void => {
    expect(() => target.load(bytes)).toThrow(
      /^RunState\.load: the save (is not whole: its \d+ bytes have the checksum [0-9a-f]{8}, not ".*"|is no file that a run saved: \d+ bytes that begin otherwise)$/,
    );
  };

  it("is refused wherever it is cut off, and changes nothing", () => {
    for (let length = 0; length < whole.length; length++) expectRefused(whole.slice(0, length));
    expect(contents(target.save())).toEqual(before);
  });

  it("is refused wherever one bit differs, a part of it is zeros, or something follows it", () => {
    for (let at = 0; at < whole.length; at++) {
      const flipped = whole.slice();
      flipped[at] ^= 1 << (at % 8);
      expectRefused(flipped);
      const zeros = whole.slice().fill(0, at);
      if (whole.subarray(at).some((byte) => byte !== 0)) expectRefused(zeros);
    }
    expectRefused(new Uint8Array([...whole, 0]));
    expect(contents(target.save())).toEqual(before);
  });

  it("has a checksum that others compute alike", () => {
    expect(checksum(new TextEncoder().encode("123456789"))).toBe("cbf43926"); // the check value of CRC-32
    expect(checksum(new TextEncoder().encode("1234"), new TextEncoder().encode("56789"))).toBe("cbf43926");
  });
});

describe("a folder whose last save is torn", () => {
  const newest = async (): Promise<[string, string | null]> => {
    const found = await new RunFolder(root).newest();
    return [path.basename(found!.file), found!.note];
  };

  it("gives the save before it, and says so in a sentence, wherever it was torn", async () => {
    const folder = new RunFolder(root);
    for (const step of [1, 2, 3]) await folder.write(step, whole);
    const last = path.join(root, "run-00000003.safetensors");
    expect(readdirSync(root)).toEqual(["run-00000002.safetensors", "run-00000003.safetensors"]);
    expect(await newest()).toEqual(["run-00000003.safetensors", null]);
    for (let length = 0; length < whole.length; length += 41) {
      writeFileSync(last, whole.subarray(0, length));
      const [name, note] = await newest();
      expect(name).toBe("run-00000002.safetensors");
      expect(note).toMatch(
        /^RunFolder: .*run-00000003\.safetensors is n[^;]*; going on from run-00000002\.safetensors, the save before it$/,
      );
    }
  });

  it("loses the torn one with the next save, and what was being written when it was killed", async () => {
    writeFileSync(path.join(root, "run-00000009.safetensors.part"), "half");
    writeFileSync(path.join(root, "notes.txt"), "of the reader's own");
    const folder = new RunFolder(root);
    await folder.newest();
    await folder.write(2, whole); // the step that was written last again, as it is gone on from 2
    await folder.write(3, whole);
    expect(readdirSync(root)).toEqual(["notes.txt", "run-00000002.safetensors", "run-00000003.safetensors"]);
    expect(new Uint8Array(readFileSync(path.join(root, "run-00000003.safetensors")))).toEqual(whole);
  });

  it("is an error where no save is whole", async () => {
    for (const step of [2, 3]) writeFileSync(path.join(root, `run-0000000${step}.safetensors`), "torn");
    await expect(newest()).rejects.toThrow(/run-00000003.* is no file .*run-00000002.* is no file .*; no other save/);
  });
});
