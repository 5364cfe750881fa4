import type { Account } from "../../account/account.js";
import { DTYPES } from "../../account/memory/dtypes.js";
import { storedTensors } from "../../account/memory/shipped.js";
import { countedFrom, type PlainAccount, plainAccount } from "../../account/plain.js";
import { expertsOf, withValues } from "../../cost/changed.js";
import { type Device, deviceOf, devices as table } from "../../cost/devices/index.js";
import { flops } from "../../cost/flops/flops.js";
import { knobs, type KnobsFigure } from "../../plot/interactive/knobs.js";
import { Options } from "../../plot/options.js";
import { clip, show } from "../../text/show.js";
import { drawCostPage } from "../pages.generated.js";
import { type CostData, type CostFacts, type CostValues, drawCost, type PlainDevice } from "./draw.js";

export interface CostKnobsOptions {
  /** What the model is called. Default its model_type. */
  readonly name?: string;
  /** Which devices there are to choose from, the first one to start with: names of the table of twinformer/cost, or objects of that
   *  form. Default the whole table. */
  readonly devices?: readonly (Device | string)[];
  readonly width?: number;
}

const POWERS = (to: number): number[] => Array.from({ length: to + 1 }, (_, i) => 2 ** i);

/** A calculator over any model that `account` counts: parameters, and what bounds a step (compute, memory, network) by batch, length of
 *  the texts, device and their number, format of the weights; and by experts and top-k, where the config has fields for them and the
 *  tree counts as a changed config does, which is tried before they are offered. The page computes with `bound` itself.
 *  @example
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  costKnobs(mixtral).at({ devices: 2, batch: 64 }).facts.bound.bound // => "memory" */
export function costKnobs(model: Account, options: CostKnobsOptions = {}): KnobsFigure<CostValues, CostFacts> {
  if (typeof model !== "object" || model === null || typeof (model as Partial<Account>).tree !== "object")
    throw new TypeError(`costKnobs needs what account() counted, got ${show(model)}`);
  const given = new Options("costKnobs", options);
  const name = clip(given.text("name", model.modelType), 60);
  const chosen = devicesOf(options.devices);
  const plain = plainAccount(model);
  const shipped = storedTensors(model)?.stored ? ["as shipped"] : [];
  const formats = [...shipped, ...DTYPES.filter((format) => format !== "float16")];
  const mixture = model.moeLayers > 0;
  const { total, topK } = model.experts;
  return knobs<CostValues, CostData, CostFacts>(drawCost, {
    label: "cost",
    controls: {
      batch: { label: "batch", stops: POWERS(10), start: 1 },
      context: { label: "tokens a text", stops: POWERS(17).slice(7), start: 4096 },
      phase: { label: "phase", choices: ["decode", "prefill"], start: "decode" },
      device: { label: "device", choices: chosen.map(({ name }) => name), start: chosen[0].name },
      devices: { label: "devices", stops: POWERS(6), start: 1 },
      weights: { label: "weights", choices: formats, start: shipped[0] ?? "bfloat16" },
      ...(mixture && { sharing: { label: "devices share", choices: ["layers", "experts"], start: "layers" } }),
      ...(countsAlike(model, plain) && {
        experts: {
          label: "experts a layer",
          stops: [...new Set([...POWERS(9).filter((n) => n >= topK), total])].sort((a, b) => a - b),
          start: total,
        },
        topK: { label: "experts per token", min: 1, max: Math.min(16, total), step: 1, start: topK },
      }),
    },
    data: { name, model: plain, devices: chosen },
    script: drawCostPage,
    width: given.size("width", 680),
  });
}

function devicesOf(given: unknown): PlainDevice[] {
  if (given === undefined) return table.map(brief);
  if (!Array.isArray(given) || given.length === 0)
    throw new TypeError(`costKnobs needs devices to be a list of names or devices, got ${show(given)}`);
  const found = given.map((device: Device | string) => brief(deviceOf("costKnobs", device)));
  const names = new Set(found.map(({ name }) => name));
  if (names.size < found.length) throw new RangeError(`costKnobs needs devices of different names, got ${show(given)}`);
  return found;
}

const brief = ({ name, memory, bandwidth, peak, watts, link }: Device): PlainDevice => ({
  ...{ name, memory, bandwidth, peak, watts },
  link: link?.bandwidth ?? null,
});

/** Whether the tree with other numbers for E and k is what a config with these numbers counts as: parameters, and FLOPs of a token. */
function countsAlike(model: Account, plain: PlainAccount): boolean {
  try {
    const { E, k } = expertsOf("costKnobs", model);
    return [
      [2n * E.value, k.value],
      [E.value, 1n],
    ].every(([experts, topK]) => {
      const counted = withValues(model, [E, k], ({ letter }) => (letter === "E" ? experts : topK));
      const anew = countedFrom(plain, { E: Number(experts), k: Number(topK) });
      const step = { phase: "decode", context: 1000 } as const;
      return (
        counted.total === anew.total &&
        counted.active === anew.active &&
        flops(counted, step).total === flops(anew, step).total
      );
    });
  } catch (error) {
    if (error instanceof Error) return false; // no such field, or no such model
    throw error;
  }
}
