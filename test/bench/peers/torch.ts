import type { Clock, TimedContender } from "../measure.js";
import { PythonPeer } from "./python.js";

/** The training step in PyTorch, on one thread. */
export function torchStep(python: string, config: object, clock: Clock): TimedContender & { stop: () => void } {
  const peer = new PythonPeer(python, "step_torch.py", JSON.stringify({ ...config, clock }));
  return { name: "torch", time: async (repeats) => Number(await peer.ask(repeats)), stop: () => peer.stop() };
}
