/** The committed tiny models (made by test/golden/python/pretrained.py), as files to load and to change. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { file } from "../../nn/checkpoint/files.js";
import { loadPretrained } from "../../../lib/models/pretrained/index.js";
import { loadSafetensors, saveSafetensors, type StateDict } from "../../../lib/nn/index.js";

export type Files = Readonly<Record<string, Uint8Array | ArrayBuffer>>;

export const folder = fileURLToPath(new URL("../../golden/data/models", import.meta.url));

export const names = readdirSync(folder);

export const fileOf = (name: string, file: string): Uint8Array => readFileSync(`${folder}/${name}/${file}`);

export const filesOf = (name: string): Files => ({
  "config.json": fileOf(name, "config.json"),
  "model.safetensors": fileOf(name, "model.safetensors"),
});

export const tensorsOf = (name: string, file = "model"): StateDict =>
  loadSafetensors(fileOf(name, `${file}.safetensors`)).state;

export type Config = Record<string, unknown>;

export const configOf = (name: string): Config =>
  JSON.parse(new TextDecoder().decode(fileOf(name, "config.json"))) as Config;

/** The files with another config and other tensors. */
export const changed = (
  name: string,
  config: (config: Config) => Config = (same) => same,
  tensors: (tensors: StateDict) => StateDict = (same) => same,
): Files => ({
  "config.json": new TextEncoder().encode(JSON.stringify(config(configOf(name)))),
  "model.safetensors": saveSafetensors(tensors(tensorsOf(name))),
});

/** The bytes of a safetensors file of 16 bits a number. */
export function inHalves(
  tensors: Readonly<Record<string, { shape: readonly number[]; data: ArrayLike<number>; dtype: string }>>,
): Uint8Array {
  const header: Record<string, object> = {};
  const numbers: number[] = [];
  for (const [name, { shape, data, dtype }] of Object.entries(tensors)) {
    const start = numbers.length;
    for (let i = 0; i < data.length; i++) {
      const bits = dtype === "BF16" ? new Uint32Array(Float32Array.of(data[i]).buffer)[0] >>> 16 : half(data[i]);
      numbers.push(bits & 255, bits >> 8);
    }
    header[name] = { dtype, shape, data_offsets: [start, numbers.length] };
  }
  return file(header, numbers);
}

/** The nearest number of half precision, cut off toward 0: of those below 65504, and 0 below 2^-14. */
function half(x: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(x)));
  if (x === 0 || exponent < -14) return 0;
  const fraction = Math.floor((Math.abs(x) / 2 ** exponent - 1) * 1024);
  return (x < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}

/** What loading the files says: "loaded", or the sentence. */
export const sentenceOf = async (files: Files): Promise<string> => {
  try {
    await loadPretrained(files);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "loaded";
};
