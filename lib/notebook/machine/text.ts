/** What was measured, as tables, sentences, and lines of a figure. */

import { columns } from "../../account/text/table.js";
import { bytes } from "../../account/text/numbers.js";
import { inFlops, inSeconds, perSecond } from "../../cost/text.js";
import { logLines } from "../../plot/account/logLines.js";
import type { Figure } from "../../plot/figure.js";
import type { Phase } from "../../cost/index.js";
import type { Machine, MachineRow } from "./machine.js";

/** The measured figures, one row for each model, phase and batch, what follows from them, and where the time of the MoE goes. */
export function machineText(machine: Machine): string {
  const { kernels, threads, peak, reads, rows, prompt, tokens } = machine;
  const figures = [
    ["our kernels", `${kernels}, threads: ${threads}`],
    ["computing, at most", `${inFlops(peak)}/s`],
    ...reads.map(({ model, bytes: size, bytesPerSecond }) => [
      `reading the ${bytes(size)} of ${model}`,
      `${bytes(bytesPerSecond)}/s`,
    ]),
  ];
  const head = ["phase", "batch", "model", "predicted", "measured", "ratio", "bound by"];
  const cells = rows.map((row) => [
    row.phase,
    String(row.batch),
    row.model,
    perSecond(row.predicted),
    perSecond(row.measured),
    row.ratio.toFixed(2),
    row.by,
  ]);
  return [
    columns(figures, [0, 1]),
    `Tokens/s: prompts of ${prompt}, then ${tokens} more.\n${columns([head, ...cells], [0, 2, 6])}`,
    [...machineFindings(rows), ...beyondBound(rows)].join("\n"),
    partsText(machine),
  ].join("\n\n");
}

/** A bound that is beaten is none: the figures of the machine, from which it is made, were measured too low. */
function beyondBound(rows: readonly MachineRow[]): string[] {
  const faster = rows.filter(({ ratio }) => ratio > 1).length;
  if (faster === 0) return [];
  return [
    `${faster} of ${rows.length} rows are above their bound (ratio over 1), so the bound is too low: the machine was slower while its own speed was measured. Measure again when nothing else runs.`,
  ];
}

/** Where the time of the MoE's steps goes, in percent. */
function partsText({ parts }: Machine): string {
  const own = parts.filter(({ model }) => model === "MoE");
  const names = [...new Set(own.map(({ part }) => part))];
  const steps = [...new Set(own.map(({ phase, batch }) => `${phase}, batch ${batch}`))];
  const cells = steps.map((step) => {
    const mine = own.filter(({ phase, batch }) => `${phase}, batch ${batch}` === step);
    const total = mine.reduce((sum, { seconds }) => sum + seconds, 0);
    const shares = names.map((name) => mine.find(({ part }) => part === name)?.share ?? 0);
    return [step, inSeconds(total), ...shares.map((share) => (100 * share).toFixed(1))];
  });
  return `Where the time of the MoE goes, in percent:\n${columns([["", "step", ...names], ...cells])}`;
}

/** For each phase and batch, how fast the MoE is beside the dense models: where it is slower, that is said. */
export function machineFindings(rows: readonly MachineRow[]): string[] {
  return rows
    .filter(({ model }) => model === "MoE")
    .map(({ phase, batch, measured }) => {
      const others = rows.filter((row) => row.model !== "MoE" && row.phase === phase && row.batch === batch);
      const beside = others.map((row) => {
        const times = measured / row.measured;
        const words = times >= 1 ? `${times.toFixed(2)} times as fast as` : `slower than`;
        const how = times >= 1 ? "" : ` (${times.toFixed(2)} times its speed)`;
        return `${words} ${NAMES[row.model]}${how}`;
      });
      return `${phase}, batch ${batch}: the MoE is ${beside.join(", and ")}.`;
    });
}

const NAMES: Readonly<Record<MachineRow["model"], string>> = {
  MoE: "itself",
  dense: "the dense model of equal active size",
  "dense, equal total": "the dense model of equal total size",
};

/** Tokens per second by batch, measured and predicted. "large dense" has as many parameters as the MoE in total. */
export function machineFigure({ rows, kernels }: Machine, phase: Phase): Figure {
  const short = (model: MachineRow["model"]): string => (model === "dense, equal total" ? "large dense" : model);
  const lines = rows
    .filter((row) => row.phase === phase)
    .flatMap(({ model, batch, measured, predicted }) => [
      { by: short(model), x: batch, y: measured },
      { by: `${short(model)}, bound`, x: batch, y: predicted },
    ]);
  return logLines(lines, {
    title: `${phase === "decode" ? "Writing" : "Reading"} on this machine, measured and at most`,
    subtitle: `tokens/s, ${kernels} kernels; dense: equal active size, large dense: equal total size`,
    xLabel: "texts at the same time",
    yLabel: "tokens/s",
  });
}
