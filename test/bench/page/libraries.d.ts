import type { JaxProducts } from "../products/jax.js";
import type { Onnx } from "../products/onnx.js";
import type { Tfjs } from "../products/tfjs.js";

export declare const tf: Tfjs & { env(): { set(flag: string, value: boolean): void } };
export declare const setWasmPaths: (folder: string) => void;
export declare const onnx: Onnx;
export declare const jax: JaxProducts;
