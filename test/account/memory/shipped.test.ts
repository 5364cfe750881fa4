import { describe, expect, it } from "vitest";
import { account, type Config, findModel, shippedWeights } from "../../../lib/account/index.js";
import { namedBy } from "../../../lib/account/memory/patterns.js";

const known = (name: string) => findModel(name)!.config!;
const llama: Config = {
  model_type: "llama",
  vocab_size: 32000,
  hidden_size: 4096,
  intermediate_size: 11008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 32,
  torch_dtype: "float16",
};
const shipped = (config: Config) => shippedWeights(account(config))!;
const quantized = (quantization_config: Config, config: Config = llama) => shipped({ ...config, quantization_config });

/** Llama-2-7B: its matrices in a layer, and what stays in 16 bits (embedding, head, norms). */
const MATRICES = 32 * (4 * 4096 * 4096 + 3 * 4096 * 11008);
const REST = 2 * 32000 * 4096 + 65 * 4096;
/** Σ over matrices of the outputs, for scales by row, and of the inputs. */
const OUTPUTS = 32 * (4 * 4096 + 2 * 11008 + 4096);
const INPUTS = 32 * (6 * 4096 + 11008);

describe("what makers ship", () => {
  it("gpt-oss: experts in mxfp4, the rest in bfloat16: the size of its files to the byte", () => {
    // 65,248,815,744: hf-mem issue 60, which reads the headers of the files; 13,761,264,768: total_size in the index of gpt-oss-20b.
    expect(shipped(known("gpt-oss-120b"))).toMatchObject({ method: "mxfp4", bytes: 65_248_815_744, notes: [] });
    expect(shipped(known("gpt-oss-20b")).bytes).toBe(13_761_264_768);
    const [large] = shipped(known("gpt-oss-20b")).rows.filter(({ dtype }) => dtype === "mxfp4");
    expect(large).toEqual({
      dtype: "mxfp4",
      parameters: 19_110_297_600n,
      bytes: (19_110_297_600 * 17) / 32,
      kinds: ["expert"],
    });
  });

  it("DeepSeek-V3: fp8 with a float32 for 128 x 128 numbers; with the module for a second token the size of its files", () => {
    const v3 = known("DeepSeek-V3");
    const main = shipped(v3).bytes!;
    expect(main).toBe(673_150_552_416);
    // The module: a layer with experts, an embedding and a head of its own, two norms, and a matrix in bfloat16 that joins the two rows.
    const one = shipped({ ...v3, num_hidden_layers: 1, first_k_dense_replace: 0 }).bytes!;
    const module = one + 2 * (2 * 7168 * 7168 + 2 * 7168);
    // 688,586,727,753 bytes: all files of huggingface.co/deepseek-ai/DeepSeek-V3, their headers (1 in 100,000) included.
    expect((main + module) / 688_586_727_753).toBeCloseTo(1, 4);
  });

  it("GPTQ: 4 bits, and for 128 numbers a float16 and 4 bits, an int32 for each input; 3.9 GB for Llama-2-7B", () => {
    const { bytes, rows } = quantized({ quant_method: "gptq", bits: 4, group_size: 128, sym: true, desc_act: false });
    expect(bytes).toBe((MATRICES * (4 + 20 / 128)) / 8 + 4 * INPUTS + 2 * REST);
    expect(bytes! / 1e9).toBeCloseTo(3.9, 1); // huggingface.co/TheBloke/Llama-2-7B-GPTQ: "3.90 GB"
    expect(rows.map(({ dtype, parameters }) => [dtype, Number(parameters)])).toEqual([
      ["float16", REST],
      ["int4", MATRICES],
    ]);
    const whole = quantized({ quant_method: "gptq", bits: 8, group_size: -1 });
    expect(whole.bytes).toBe(MATRICES + OUTPUTS * (2 + 1) + 4 * INPUTS + 2 * REST);
  });

  it("AWQ: the same without the int32; zero_point false leaves the 4 bits out; 3.89 GB for Llama-2-7B", () => {
    const awq = { quant_method: "awq", bits: 4, group_size: 128, version: "gemm" };
    const { bytes } = quantized({ ...awq, zero_point: true });
    expect(bytes).toBe((MATRICES * (4 + 20 / 128)) / 8 + 2 * REST);
    expect(bytes! / 1e9).toBeCloseTo(3.89, 2); // huggingface.co/TheBloke/Llama-2-7B-AWQ: "3.89 GB"
    expect(quantized({ ...awq, zero_point: false }).bytes).toBe((MATRICES * (4 + 16 / 128)) / 8 + 2 * REST);
    const kept = quantized({ ...awq, modules_to_not_convert: ["mlp"] });
    expect(kept.rows.find(({ dtype }) => dtype === "int4")?.kinds).toEqual(["attention"]);
  });

  it("bitsandbytes: 8 bits and a float32 a row; 4 bits and a scale for 64 numbers, itself in 8 bits where that is said", () => {
    const bits = (fields: Config) => quantized({ quant_method: "bitsandbytes", ...fields }).bytes! - 2 * REST;
    expect(bits({ load_in_8bit: true })).toBe(MATRICES + 4 * OUTPUTS);
    expect(bits({ load_in_4bit: true, bnb_4bit_quant_type: "nf4" })).toBe(MATRICES / 2 + (4 * MATRICES) / 64);
    expect(bits({ load_in_4bit: true, bnb_4bit_use_double_quant: true })).toBe(
      MATRICES / 2 + MATRICES / 64 + (4 * MATRICES) / (64 * 256),
    );
  });

  it("compressed-tensors: fp8 by row, int4 by group, NVFP4; what `ignore` lists stays, by name or expression", () => {
    const group = (weights: Config, ignore: string[]) =>
      quantized({
        quant_method: "compressed-tensors",
        config_groups: { group_0: { targets: ["Linear"], weights } },
        ignore,
      });
    const head = 32000 * 4096;
    const byRow = { num_bits: 8, type: "float", strategy: "channel", symmetric: true };
    expect(group(byRow, ["lm_head"]).bytes).toBe(MATRICES + 2 * OUTPUTS + 2 * REST);
    expect(group(byRow, []).bytes).toBe(MATRICES + 2 * OUTPUTS + head + 2 * 32000 + 2 * (REST - head));
    const byGroup = { num_bits: 4, type: "int", strategy: "group", group_size: 32, symmetric: true };
    const attention = 32 * 4 * 4096 * 4096;
    expect(group(byGroup, ["lm_head", "re:.*self_attn.*"]).bytes).toBe(
      ((MATRICES - attention) * (4 + 16 / 32)) / 8 + 2 * (attention + REST),
    );
    const nvfp4 = { num_bits: 4, type: "float", strategy: "tensor_group", group_size: 16, symmetric: true };
    expect(group(nvfp4, ["re:.*lm_head"]).bytes).toBe((MATRICES * 4.5) / 8 + 4 * 7 * 32 + 2 * REST);
  });

  it("modelopt: NVFP4 and FP8", () => {
    const of = (quant_algo: string) => quantized({ quant_method: "modelopt", quant_algo, ignore: ["lm_head"] });
    expect(of("NVFP4").bytes).toBe((MATRICES * 4.5) / 8 + 8 * 7 * 32 + 2 * REST);
    expect(of("FP8").bytes).toBe(MATRICES + 8 * 7 * 32 + 2 * REST);
    expect(of("INT1")).toMatchObject({ bytes: null });
  });

  it("layers that are listed one by one count one by one", () => {
    const listed = (...modules_to_not_convert: string[]) =>
      Number(
        quantized({ quant_method: "fp8", modules_to_not_convert }).rows.find(({ dtype }) => dtype === "fp8")!
          .parameters,
      );
    const down = 4096 * 11008;
    expect(listed("model.layers.0.mlp.down_proj", "model.layers.31.mlp.down_proj")).toBe(MATRICES - 2 * down);
    expect(listed("model.layers.32.mlp.down_proj", "model.layers.61")).toBe(MATRICES); // there are 32
    expect(listed("model.layers.1", "lm_head", "model.layers.1.mlp.down_proj")).toBe(MATRICES - MATRICES / 32);
  });

  it("nothing but a dtype: all of it; and nothing at all: null", () => {
    expect(shipped(llama)).toEqual({
      method: null,
      bytes: 2 * (MATRICES + REST),
      rows: [expect.objectContaining({ dtype: "float16" })],
      notes: [],
    });
    expect(shippedWeights(account({ model_type: "gpt2" }))).toBeNull();
  });

  it("a text_config's own quantization, as in Kimi-K2.5, and its dtype", () => {
    const { torch_dtype, ...text } = llama;
    const outer = {
      model_type: "x",
      text_config: { ...text, dtype: torch_dtype, quantization_config: { quant_method: "fp8" } },
    };
    expect(shipped(outer)).toMatchObject({ method: "fp8", bytes: MATRICES + 4 * 7 * 32 + 2 * REST });
  });

  it.each([
    [{ quant_method: "aqlm" }, "is of a kind that is not known here (aqlm)"],
    [{}, "(no quant_method)"],
    [{ quant_method: "gptq", bits: -4 }, "quantization_config.bits must be an integer from 1, got -4"],
    [{ quant_method: "fp8", weight_block_size: "x" }, "quantization_config.weight_block_size must be a list"],
    [{ quant_method: "compressed-tensors", config_groups: {} }, "config_groups has 0 groups"],
  ])("%j weighs what nobody knows, and says why; the count stands", (quantization_config, sentence) => {
    const { bytes, notes } = quantized(quantization_config);
    expect(bytes).toBeNull();
    expect(notes[0]).toContain(sentence);
    expect(account({ ...llama, quantization_config }).total).toBe(6_738_415_616n);
  });
});

describe("lists of modules", () => {
  const q = "layers.0.self_attn.q_proj";
  const expert = "layers.0.mlp.experts.0.gate_proj";
  it.each([
    ["model.layers.*.self_attn", q, true],
    ["self_attn", q, true],
    ["q_proj", q, true],
    ["q_pro", q, false],
    ["gate", expert, false],
    ["re:.*self_attn.*", q, true],
    ["re:model\\.layers\\.\\d+\\.self_attn\\.(q|k|v)_proj$", q, true],
    ["re:.*mlp\\.(gate|up|gate_up|down)_proj.*", "layers.0.mlp.gate_proj", true],
    ["re:.*mlp\\.(gate|up|gate_up|down)_proj.*", expert, false],
    ["re:.*gate$", expert, false],
    ["re:.*experts.*", expert, true],
    ["*lm_head*", "lm_head", true],
    ["re:.*lm_head", "lm_head", true],
    ["model.layers.*.mlp.shared_experts", expert, false],
  ])("%s names %s: %s", (entry, module, named) => {
    expect(namedBy([entry])(module, 7n)).toBe(named ? 7n : 0n);
  });

  it("expressions that might take for ever are not read, and said", () => {
    const unread: string[] = [];
    const hostile = ["re:(a+)+$", "re:(.*)*x", "re:[", "re:(", "re:a{1000000}", "re:(a\\", `re:${"(a|a)*".repeat(50)}`];
    expect(namedBy(hostile, (entry) => unread.push(entry))("layers.0.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1n)).toBe(0n);
    expect(unread).toEqual(hostile.filter((entry) => !entry.startsWith("re:(a|a)*")));
    const begun = performance.now();
    namedBy([`re:${".*a".repeat(500)}`, ...hostile])("a".repeat(2000), 1n);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
