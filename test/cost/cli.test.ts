import { describe, expect, it } from "vitest";
import { run } from "../../lib/cli/main.js";
import { account, findModel } from "../../lib/account/index.js";
import { bound, fit, measurements } from "../../lib/cost/index.js";

function ran(...args: string[]): { code: number; out: string; err: string } {
  const [out, err]: [string[], string[]] = [[], []];
  const code = run(args, { out: (text) => out.push(text), err: (text) => err.push(text), width: 80 });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
const parsed = (...args: string[]) => JSON.parse(ran(...args).out) as Record<string, never>;

describe("twinformer cost", () => {
  it("--json has what the library computes, under the names that others rely on", () => {
    const asked = ["--device", "h100", "--devices", "2", "--batch", "8", "--context", "1k", "--dtype", "fp8", "--json"];
    const report = parsed("cost", "Mixtral-8x7B", ...asked) as Record<string, Record<string, unknown>>;
    const mixtral = account(findModel("Mixtral-8x7B")!.config!);
    const options = { context: 1024, batch: 8, dtype: "fp8", devices: 2 } as const;
    for (const phase of ["prefill", "decode"] as const) {
      const own = bound(mixtral, "H100-SXM", { phase, ...options });
      expect(report[phase].tokensPerSecond).toBe(own.tokensPerSecond);
      expect(report[phase].bound).toBe(own.bound);
      expect(report[phase].flops).toBe(own.flops);
    }
    expect(report.device).toBe("H100-SXM");
    expect(report.capacity.fits).toBe(true);
  });

  it("calls at most what no routing exceeds: a batch that was measured is faster than experts by chance", () => {
    const measured = measurements.find(({ model, batch }) => model === "Qwen3-30B-A3B" && batch === 32)!;
    const asked = [
      "--device",
      measured.device,
      "--batch",
      "32",
      "--context",
      String(measured.context),
      "--dtype",
      "8.51",
    ];
    const { decode } = parsed("cost", measured.model, ...asked, "--json") as Record<string, Record<string, number>>;
    expect(decode.tokensPerSecond).toBeLessThan(measured.tokensPerSecond);
    expect(decode.tokensPerSecondAtMost).toBeGreaterThan(measured.tokensPerSecond);
    const { out } = ran("cost", measured.model, ...asked);
    expect(out).toMatch(/tokens\/s, experts by chance .* 292\n/);
    expect(out).toMatch(/tokens\/s, at most .* 1,784\n/);
    expect(out).toContain("Decode by batch, experts by chance:");
  });

  it("of a dense model, and with one text, both are the same", () => {
    for (const name of ["Llama-2-7b", "Mixtral-8x7B"]) {
      const { decode } = parsed("cost", name, "--device", "H100", "--json") as Record<string, Record<string, number>>;
      expect(decode.tokensPerSecondAtMost).toBe(decode.tokensPerSecond);
    }
    expect(ran("cost", "Llama-2-7b", "--device", "H100").out).not.toContain("chance");
  });

  it("energy is that of full power at the bound's speed, and is not called a bound", () => {
    const { decode } = parsed("cost", "Llama-2-7b", "--device", "H100", "--json") as Record<
      string,
      Record<string, number>
    >;
    expect(decode.joulesPerToken * decode.tokensPerSecond).toBeCloseTo(700, 6);
    const { out } = ran("cost", "Llama-2-7b", "--device", "H100", "--devices", "2");
    expect(out).toContain("energy a token at 1,400 W");
    expect(out).not.toMatch(/energy.*at most/);
  });

  it("an encoder has no decode", () => {
    const report = parsed("cost", "BERT-large", "--device", "L4", "--context", "512", "--json");
    expect(report.decode).toBeNull();
    expect(report.decode_by_batch).toEqual([]);
    expect(ran("cost", "BERT-large", "--device", "L4").out).not.toContain("decode");
  });

  it("takes bits for each parameter, as a GGUF file has them", () => {
    const report = parsed("cost", "Llama-2-7b", "--device", "M2-Ultra", "--dtype", "4.5", "--json");
    const llama = account(findModel("Llama-2-7b")!.config!);
    expect((report.capacity as { weights: number }).weights).toBe((Number(llama.total) * 4.5) / 8);
  });

  it("several models one after the other, as a list in JSON", () => {
    expect(parsed("cost", "GPT-2", "BERT-large", "--device", "L4", "--json")).toHaveLength(2);
    expect(ran("cost", "GPT-2", "BERT-large", "--device", "L4").out.match(/^asked/gm)).toHaveLength(2);
  });

  it.each([
    [["cost"], "twinformer cost needs a CONFIG, got none"],
    [["cost", "GPT-2"], "twinformer cost needs --device NAME, such as H100-SXM; twinformer devices lists the names"],
    [["fit", "GPT-2"], "twinformer fit needs --device NAME"],
    [["cost", "GPT-2", "--device", "H10-SXM"], '--device knows no "H10-SXM": did you mean H100-SXM'],
    [["cost", "GPT-2", "--device", "abacus"], '--device knows no "abacus"; twinformer devices lists the names'],
    [["cost", "GPT-2", "--device", "L4", "--devices", "0"], "--devices needs an integer from 1"],
    [
      ["cost", "GPT-2", "--device", "M2-Max", "--devices", "2"],
      "--devices must be 1 for M2-Max, which has no link to others of its kind, got 2",
    ],
    [["cost", "GPT-2", "--device", "L4", "--dtype", "fp7"], "--dtype must be one of float32, bfloat16"],
    [["cost", "GPT-2", "--device", "L4", "--dtype", "0"], "--dtype must be one of float32, bfloat16"],
    [["cost", "GPT-2", "--device", "L4", "--tokens", "1", "--context", "2"], "--context and --tokens are the same"],
    [["count", "GPT-2", "--device", "L4"], "twinformer count takes no --device"],
    [["cost", "GPT-2", "--device", "L4", "--tree"], "twinformer cost takes no --tree"],
    [["devices", "L4"], "twinformer devices takes no name"],
  ])("%j is not understood, in one sentence", (args, sentence) => {
    const { code, err, out } = ran(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err.split("\n\n")[0].toLowerCase()).toContain(sentence.toLowerCase());
  });

  it("what cannot be counted is refused as by count", () => {
    for (const name of ["Mixtrl-8x7B", "GPT-4", "no-such-file.json"]) {
      const [own, counts] = [ran("cost", name, "--device", "L4"), ran("count", name)];
      expect([own.code, own.err]).toEqual([1, counts.err]);
    }
  });
});

describe("twinformer fit", () => {
  it("--json has the largest batch and length, and null for what has no end", () => {
    const llama = account(findModel("Llama-3.1-8B")!.config!);
    const { batch, context } = fit(llama, "A100", { context: 8192 });
    const report = parsed("fit", "Llama-3.1-8B", "--device", "A100", "--context", "8k", "--json");
    expect([report.largest_batch, report.largest_context, report.fits]).toEqual([batch, context, true]);
    expect(parsed("fit", "BERT-large", "--device", "A100", "--json").largest_batch).toBeNull();
  });

  it("says where a text is longer than the config's positions, whatever the memory holds", () => {
    expect(ran("fit", "GPT-2", "--device", "L4", "--context", "2k").out).toMatch(
      /one text of 2,048 tokens \(its config has 1,024 positions\)[^]*at most\s+\(its config has 1,024\s+positions\)/,
    );
    expect(ran("fit", "GPT-2", "--device", "L4", "--context", "1k").out.match(/positions/g)).toHaveLength(1);
    expect(ran("cost", "BERT-large", "--device", "L4", "--context", "513").out).toContain(
      "its config has 512 positions",
    );
    expect(ran("cost", "BERT-large", "--device", "L4", "--context", "512").out).not.toContain("positions");
  });

  it("says how many devices hold what one does not, and what llama.cpp is told", () => {
    expect(ran("fit", "DeepSeek-V3", "--device", "H100", "--devices", "8", "--dtype", "fp8").out).toMatch(
      /does not fit[^]*10 × H100-SXM hold/,
    );
    expect(ran("fit", "gpt-oss-120b", "--device", "RTX-4090").out).toMatch(/--n-cpu-moe \d+/);
  });
});

describe("twinformer devices", () => {
  it("lists every device with its sources, as JSON too", () => {
    const list = parsed("devices", "--json") as unknown as { name: string; sources: unknown[] }[];
    expect(list.length).toBeGreaterThan(9);
    for (const { name } of list) expect(ran("devices").out).toContain(name);
  });
});
