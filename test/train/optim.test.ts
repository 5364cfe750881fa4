import { expect, it } from "vitest";
import { mul, parameter, sum, tensor, type Tensor } from "../../lib/index.js";
import { Adam, type Optimizer, SGD } from "../../lib/train/index.js";

// Ten steps on Σ i·wᵢ² from [1.5, −2, 0.3], lr 0.05, weight decay 0.1, by torch 2.15: Adam(betas=(.9, .95)) and SGD(momentum=.9).
// AdamW is checked in test/golden.
const decays = (): boolean => true;
it.each<[string, (p: Tensor[]) => Optimizer, number[]]>([
  [
    "Adam",
    (p) => new Adam(p, { weightDecay: 0.1, betas: [0.9, 0.95], decays }),
    [1.0042355060577393, -1.5028547048568726, -0.10291830450296402],
  ],
  [
    "SGD with momentum",
    (p) => new SGD(p, { weightDecay: 0.1, momentum: 0.9, decays }),
    [-0.8735349178314209, -0.08416731655597687, 0.16887091100215912],
  ],
])("%s equals PyTorch's after ten steps", (_, make, expected) => {
  const w = parameter(tensor([1.5, -2, 0.3]));
  const optimizer = make([w]);
  for (let i = 0; i < 10; i++) {
    optimizer.zeroGrad();
    sum(mul(mul(w, w), tensor([1, 2, 3]))).backward();
    optimizer.step(0.05);
  }
  const got = Array.from(w.toTypedArray());
  got.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-6));
});
