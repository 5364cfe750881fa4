import fs, { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { trainLive } from "../../lib/notebook/index.js";
import { insideTslab } from "./kernels.js";

/** A training run that only counts; `each` may throw. */
async function* run(by: string, steps: number, each: (step: number) => void = () => undefined) {
  for (let step = 1; step <= steps; step++) {
    await Promise.resolve();
    each(step);
    yield { by, step, loss: 1 / step };
  }
}
const picture = (rows: readonly unknown[]) => ({ html: () => `${rows.length} rows` });

let errors: string[] = [];
beforeEach(() => {
  errors = [];
  vi.spyOn(console, "error").mockImplementation((text: string) => void errors.push(text));
});
afterEach(() => void vi.restoreAllMocks());

describe("trainLive, where something is in its way,", () => {
  test("starts no round that would not fit into the time limit", async () => {
    let now = 0; // seconds; each step takes one
    vi.spyOn(performance, "now").mockImplementation(() => 1000 * now);
    const training = async (limit: number) => {
      now = 0;
      return trainLive(
        run("a", 100, () => now++),
        { seconds: limit },
      );
    };
    expect((await training(3.5)).rows).toHaveLength(3);
    expect((await training(4.5)).rows).toHaveLength(4);
    expect((await training(3.5)).seconds).toBe(3);
  });

  test("gives the rows back where the last picture cannot be saved, with a sentence", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "twinformer-full-"));
    vi.stubEnv("TWINFORMER_FIGURES", folder);
    const write = fs.writeFileSync;
    vi.spyOn(fs, "writeFileSync").mockImplementation((file) => {
      write(file, "half"); // as a full disk does it
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    });
    const { rows, stopped, message } = await trainLive(run("a", 20), { draw: picture });
    expect([rows.length, stopped, message.slice(0, 18)]).toEqual([20, "done", "Trained to the end"]);
    expect(errors).toEqual([
      expect.stringMatching(
        /^trainLive could not show the last picture: .*\.html could not be written: ENOSPC: no space/,
      ),
    ]);
    expect(fs.readdirSync(folder)).toEqual([]); // nothing torn
    vi.unstubAllEnvs();
    fs.rmSync(folder, { recursive: true });
  });

  test("shows and prints what went wrong as plain words", async () => {
    const messages = insideTslab();
    const text = "\u001b]0;title\u0007<b>\u202e";
    const { message } = await trainLive({
      [text]: run("a", 3, () => {
        throw new Error(text);
      }),
    });
    expect(message).toBe("\\x1b]0;title\\x07<b>\\u202e: \\x1b]0;title\\x07<b>\\u202e");
    expect(errors).toEqual([message]);
    expect(messages.pop()!.html).toContain("\\x1b]0;title\\x07&lt;b&gt;");
  });

  test("says what a run must yield", async () => {
    async function* nothing() {
      await Promise.resolve();
      yield null as never;
    }
    expect((await trainLive({ a: nothing() })).message).toBe(
      "a: a run yields rows such as { step, loss }, this one null",
    );
  });
});
