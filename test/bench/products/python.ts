import { pythonWith, PythonPeer } from "../peers/python.js";
import type { ProductPeer } from "./product.js";

/** numpy and PyTorch on one thread, where Python has them. */
export const pythonProducts = (print: (line: string) => void): ProductPeer[] =>
  ["numpy", "torch"].flatMap((name) => {
    const python = pythonWith(name, print);
    return python === null ? [] : productsOf(name, python);
  });

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
        result: async () => new Float32Array(Buffer.from(await peer.ask({}), "base64").buffer.slice(0)),
      };
    },
    stop: () => peer.stop(),
  };
}
