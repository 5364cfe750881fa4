/** Noise on the logits, so that an expert that is rarely the best gets tokens all the same. In training alone. */

import { checkNumbers } from "../config/options.js";
import { checkTensor } from "../tensor/check.js";
import { softplus } from "../tensor/ops/unary.js";
import { add, mul } from "../tensor/ops/elementwise.js";
import { full } from "../tensor/create.js";
import { checkGenerator, type Generator, gumbel, randn, uniformDraws } from "../tensor/random.js";
import { empty, type Tensor, write } from "../tensor/tensor.js";
import type { Noisy } from "./routing.js";

/** H = z + ε, ε ~ N(0, std²): logits [N, E]. Source: Riquelme et al. 2021 (V-MoE), §2.1, https://arxiv.org/abs/2106.05974 */
export function normalNoise(logits: Tensor, std: number, rng: Generator): Noisy {
  checkTensor("normalNoise", "logits", logits);
  const [nToken, nExpert] = logits.shape;
  return { logits: add(logits, randn([nToken, nExpert], rng, { std })), std: full([nToken, nExpert], std) };
}

/** H = z + ε · softplus(x Wₙᵀ), ε ~ N(0, 1): the network learns how much noise each expert gets for each token.
 *  logits, spread = x Wₙᵀ and noise [N, E]. Source: Shazeer et al. 2017, §2.1, eq. 4, https://arxiv.org/abs/1701.06538 */
export function learnedNoise(logits: Tensor, spread: Tensor, noise: Tensor, scale = 1): Noisy {
  for (const [what, x] of Object.entries({ logits, spread, noise })) checkTensor("learnedNoise", what, x);
  checkNumbers("learnedNoise", { scale }, { from: 0 });
  const std: Tensor = scale === 1 ? softplus(spread) : mul(softplus(spread), scale);
  return { logits: add(logits, mul(noise, std)), std };
}

/** z + scale · G, G = −ln(−ln u): the largest of them is a draw from the softmax of z.
 *  Source: Jang et al. 2016, §2, https://arxiv.org/abs/1611.01144; as noise of a router: DeepSpeed's RSample. */
export function gumbelNoise(logits: Tensor, scale: number, rng: Generator): Tensor {
  checkTensor("gumbelNoise", "logits", logits);
  checkNumbers("gumbelNoise", { scale }, { from: 0 });
  checkGenerator("gumbelNoise", rng);
  const noise = empty(logits.shape);
  const G = write(noise);
  for (let i = 0; i < G.length; i++) G[i] = scale * gumbel(rng);
  return add(logits, noise);
}

/** x · u, u even over [1 − size, 1 + size): shakes what the router reads, not what the experts compute. x [N, D].
 *  Source: Fedus et al. 2021 (Switch), §2.4 and table 2, https://arxiv.org/abs/2101.03961 */
export function jitter(x: Tensor, size: number, rng: Generator): Tensor {
  checkTensor("jitter", "x", x);
  checkNumbers("jitter", { size }, { from: 0 });
  checkGenerator("jitter", rng);
  const factor = empty(x.shape);
  const U = write(factor);
  const draw = uniformDraws("jitter", 1 - size, 1 + size);
  for (let i = 0; i < U.length; i++) U[i] = draw(rng);
  return mul(x, factor);
}
