/** The course of a training run, as assets/models/NAME/curve.json keeps it. */

import { type Made, rounded } from "../labs/record.js";
import { domainNames, models, type ModelName, seed, trainings } from "./plan.js";

export interface PretrainRow {
  step: number;
  loss: number;
  /** [L][E]; null for a dense model. */
  load: number[][] | null;
  seconds: number;
  /** Loss on held-out text by domain, at every `evaluation.every`th step. */
  validation: number[] | null;
}

export interface Curve extends Made {
  command: string;
  /** What the command does not say about this run, in a sentence. */
  remark?: string;
  seed: number;
  config: object;
  training: object;
  /** Seconds of training, evaluations left out. */
  seconds: number;
  /** Loss of each step, nats per token. */
  loss: number[];
  validation: { step: number; loss: Record<string, number> }[];
  /** [L][E] mean load of each hundred steps. */
  load: { step: number; load: number[][] }[] | null;
}

const HUNDRED = 100;

/** The text of curve.json: each list on a line of its own. */
export function curveOf(name: ModelName, rows: readonly PretrainRow[], made: Made): string {
  const meanLoad = (part: readonly PretrainRow[]): number[][] =>
    part[0].load!.map((layer, l) =>
      layer.map((_, e) => rounded(part.reduce((sum, { load }) => sum + load![l][e], 0) / part.length)),
    );
  const hundreds = Array.from({ length: Math.floor(rows.length / HUNDRED) }, (_, i) =>
    rows.slice(i * HUNDRED, (i + 1) * HUNDRED),
  );
  const curve: Curve = {
    ...{
      command: `npm run pretrain -- ${name}`,
      ...made,
      seed,
      config: models[name],
      training: trainings[name],
      seconds: Math.round(rows.at(-1)!.seconds),
    },
    loss: rows.map(({ loss }) => rounded(loss)),
    validation: rows
      .filter(({ validation }) => validation !== null)
      .map(({ step, validation }) => ({
        step,
        loss: Object.fromEntries(domainNames.map((domain, d) => [domain, rounded(validation![d])])),
      })),
    load: rows[0].load ? hundreds.map((part) => ({ step: part.at(-1)!.step, load: meanLoad(part) })) : null,
  };
  const lines = Object.entries(curve).map(([field, value]) =>
    Array.isArray(value) && typeof value[0] === "object"
      ? `  "${field}": [\n${value.map((row) => `    ${JSON.stringify(row)}`).join(",\n")}\n  ]`
      : `  "${field}": ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(",\n")}\n}\n`;
}
