// The peers that the page carries. JavaScript, with its types beside it, so that the project's types need none of these packages.
export * as tf from "@tensorflow/tfjs-core";
export { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
export * as onnx from "onnxruntime-web/wasm";
export * as jax from "@jax-js/jax";
