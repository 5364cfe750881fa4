import type { LoadRow, LossRow } from "../../lib/plot/index.js";

/** Rows with a known end, for tests of drawing only; no picture of them is shown to anybody. */
export function twinRows(steps: number, experts = 8, layers = 2): (LossRow & LoadRow)[] {
  return Array.from({ length: steps }, (_, i) => i + 1).flatMap((step) => {
    const loss = 2 + 2 * Math.exp(-step / 50);
    const valLoss = step % 10 === 0 ? loss + 0.05 : null;
    const load = Array.from({ length: layers }, () => Array.from({ length: experts }, () => 1 / experts));
    return [
      { by: "dense", step, loss: loss + 0.1, valLoss, load: null },
      { by: "MoE", step, loss, valLoss, load },
    ];
  });
}
