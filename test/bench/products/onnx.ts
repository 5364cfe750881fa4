import { timedAsync } from "../measure.js";
import { productModel } from "./onnxModel.js";
import { flopsOf, operands, storedShapes, type ProductPeer } from "./product.js";

/** The part of onnxruntime-web that the bench calls. */
export interface Onnx {
  env: { wasm: { numThreads: number; wasmPaths?: { wasm: string } } };
  Tensor: new (type: "float32", values: Float32Array, shape: number[]) => OnnxTensor;
  InferenceSession: { create(model: Uint8Array, options: object): Promise<OnnxSession> };
}
interface OnnxTensor {
  data: Float32Array;
}
interface OnnxSession {
  run(inputs: Record<string, OnnxTensor>): Promise<{ C: OnnxTensor }>;
  release(): Promise<void>;
}

/** FLOPs from which on what a call costs beside the product is lost in it. */
const ENOUGH = 5e7;

/** onnxruntime on WebAssembly (MLAS), one thread.
 *  A call of `run` copies the operands into its memory and the result out of it, and is awaited: some 0.2 ms, twice what a product of
 *  64 × 64 matrices takes. That is a price of its interface and not of its kernels, so a call runs a model in which the product stands
 *  several times, and a run is its share of the call. (With optimizations on, equal products would be made one.) */
export function onnxProducts({ env, Tensor, InferenceSession }: Onnx): ProductPeer {
  env.wasm.numThreads = 1;
  return {
    name: "onnxruntime-web",
    wasm: true,
    async prepare(product, clock) {
      const copies = Math.min(256, Math.ceil(ENOUGH / flopsOf(product)));
      const options = { executionProviders: ["wasm"], graphOptimizationLevel: "disabled" };
      const hadWorkers = "Worker" in globalThis;
      const session = await InferenceSession.create(productModel(product, copies), options);
      // In Node it leaves a global Worker behind, from which jax-js would conclude that memory is shared.
      if (!hadWorkers) Reflect.deleteProperty(globalThis, "Worker");
      const [values, shapes] = [operands(product), storedShapes(product)];
      const inputs = { A: new Tensor("float32", values.a, shapes.a), B: new Tensor("float32", values.b, shapes.b) };
      const call = timedAsync(this.name, clock, () => session.run(inputs));
      return {
        name: this.name,
        time: async (repeats) => (await call.time(Math.ceil(repeats / copies))) / copies,
        result: async () => (await session.run(inputs)).C.data,
        release: () => session.release(),
      };
    },
  };
}
