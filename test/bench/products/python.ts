import { pythonWith, PythonPeer } from "../peers/python.js";
import type { ProductPeer } from "./product.js";

/** numpy and PyTorch on one thread, where Python has them. */
export const pythonProducts = (print: (line: string) => void): ProductPeer[] =>
  ["numpy", "torch"].flatMap((name) => {
    const python = pythonWith(name, print);
    return python === null ? [] : productsOf(name, python);
  });

/** The numbers whose bytes these are. A small Buffer is a part of a pool, at any offset, and its `.buffer` is all of that. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function productsOf(name: string, python: string): ProductPeer {
  const peer = new PythonPeer(python, "products_python.py", name);
  return {
    name,
    wasm: false,
    async prepare(product, clock) {
      await peer.ask({ ...product, clock });
      return {
        name,
        time: async (repeats) => Number(await peer.ask({ repeats })),
        result: async () => floatsOf(Buffer.from(await peer.ask({}), "base64")),
      };
    },
    stop: () => peer.stop(),
  };
}
