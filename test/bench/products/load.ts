/** Loads the peers in Node. They are not packages of ours: they live in test/bench/node_modules. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { arrayProducts, type Mathjs, type MlMatrix } from "./arrays.js";
import { jaxProducts, type JaxProducts } from "./jax.js";
import { onnxProducts, type Onnx } from "./onnx.js";
import type { ProductPeer } from "./product.js";
import { pythonProducts } from "./python.js";
import { tfjsProducts, type Tfjs } from "./tfjs.js";

const require = createRequire(new URL("../package.json", import.meta.url));
const load = async <T>(name: string): Promise<T> => (await import(pathToFileURL(require.resolve(name)).href)) as T;

/** The peers that compute in WebAssembly; with `all`, those in JavaScript and in Python too. */
export async function productPeers(all: boolean, print: (line: string) => void): Promise<ProductPeer[]> {
  const tf = require("@tensorflow/tfjs-core") as Tfjs;
  require("@tensorflow/tfjs-backend-wasm");
  const peers = [tfjsProducts(tf, "wasm"), onnxProducts(require("onnxruntime-web") as Onnx)];
  if ("Iterator" in globalThis) peers.push(await jaxProducts(await load<JaxProducts>("@jax-js/jax")));
  else print("jax-js: needs Node 22 or newer, so it is not compared (--node24)");
  if (!all) return peers;
  require("@tensorflow/tfjs-backend-cpu");
  const arrays = arrayProducts(await load<Mathjs>("mathjs"), await load<MlMatrix>("ml-matrix"));
  return [...peers, tfjsProducts(tf, "cpu"), ...arrays, ...pythonProducts(print)];
}
