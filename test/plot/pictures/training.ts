import { collapseChart, loadChart, lossChart, type Figure, type LossRow } from "../../../lib/plot/index.js";
import { twinRows } from "../rows.js";

/** Losses that fall as 1/step towards `floor`, without noise. */
const falling = (by: string, steps: number, floor: number, every = 20): LossRow[] =>
  Array.from({ length: steps }, (_, i) => ({
    by,
    step: i + 1,
    loss: floor + 2 / (1 + i / 8),
    valLoss: (i + 1) % every === 0 ? floor + 0.1 + 2 / (1 + i / 8) : null,
  }));

/** Load that one expert takes over: the first layer slowly, the second at once. */
const takenOver = (steps: number, experts: number) =>
  Array.from({ length: steps }, (_, i) => {
    const share = (own: number) => [own, ...new Array<number>(experts - 1).fill((1 - own) / (experts - 1))];
    return { by: "MoE", step: 10 * (i + 1), load: [share((i + 1) / steps), share(1).toReversed()] };
  });

const broken = falling("MoE", 30, 2).map((row, i) => (i >= 10 && i < 15 ? { ...row, loss: NaN } : row));

export const training: Readonly<Record<string, () => Figure>> = {
  "loss of twins": () => lossChart(twinRows(40), { steps: 100 }),
  "loss of many steps, with references": () =>
    lossChart([...falling("dense", 900, 1.5), ...falling("MoE", 900, 1.4)], {
      references: [
        { value: Math.log(65), label: "guessing evenly" },
        { value: 1.2, label: "the best there is" },
      ],
      yLabel: "nats",
      width: 500,
      height: 400,
    }),
  "loss that ends in no number": () => lossChart([...broken, { by: "MoE", step: 31, loss: Infinity }]),
  "loss with a gap": () => lossChart(broken, { title: "", subtitle: "" }),
  "loss from the first step no number": () => lossChart([{ step: 1, loss: NaN }]),
  "loss with one wild batch": () =>
    lossChart(
      falling("a", 60, 2).map((row) => (row.step === 55 ? { ...row, loss: 50, valLoss: null } : row)),
      { subtitle: "" },
    ),
  "loss of four models that end together": () =>
    lossChart(["a", "b", "c", "a name longer than others"].flatMap((model) => falling(model, 12, 3, 5))),
  "loss of three runs each": () =>
    lossChart(
      ["dense", "MoE"].flatMap((by, m) =>
        [0, 1, 2].flatMap((run) =>
          falling(by, 60 + 20 * run, 2 + 0.1 * run - 0.05 * m, 10).map((row) => ({ ...row, run })),
        ),
      ),
    ),
  "loss of one step": () => lossChart([{ step: 1, loss: 4.17, valLoss: 4.18 }], { title: "" }),
  "loss of no step": () => lossChart([]),
  "load of an even router": () => loadChart(twinRows(50), { steps: 200 }),
  "load that one expert takes over": () => loadChart(takenOver(60, 4)),
  "load of many experts": () => loadChart(takenOver(12, 128), { title: "", subtitle: "" }),
  "load of two experts, some steps not measured": () =>
    loadChart(
      [
        { by: "dense", step: 1, load: null },
        { by: "small", step: 1, load: [[0.5, 0.5]] },
        { by: "small", step: 2, load: null },
        { by: "small", step: 3, load: [[0.25, 0.75]] },
        { by: "small", step: 4, load: [[NaN, 1]] },
      ],
      { only: "small", width: 400, height: 260 },
    ),
  "load of no step": () => loadChart([]),
  "collapse of two runs each": () =>
    collapseChart(
      [1, 2].flatMap((run) =>
        ["none", "switch", "bias"].flatMap((by, m) =>
          Array.from({ length: 30 }, (_, i) => ({
            by,
            run,
            step: 5 * (i + 1),
            effective: m === 0 ? 1 + 7 * 0.8 ** (i + run) : 8 - 0.1 * run * m,
          })),
        ),
      ),
      { steps: 300 },
    ),
  "collapse of 16 experts, rows without names": () =>
    collapseChart(
      Array.from({ length: 300 }, (_, i) => ({ step: i + 1, effective: 16 - i / 50 })),
      { nExpert: 16, title: "", subtitle: "", width: 400, height: 200 },
    ),
  "collapse of no step": () => collapseChart([]),
};
