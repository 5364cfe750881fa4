/** Models by name: what they have, what works on a token, and what their makers say. */

import { type Account, account } from "../account.js";
import { dense } from "./dense.js";
import { moe } from "./moe.js";
import type { Model } from "./types.js";

export type { Model } from "./types.js";

/** Dense models first, then mixtures of experts, each roughly from the oldest to the newest. */
export const models: readonly Model[] = [...dense, ...moe];

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9.]/g, "");

/** The model of that name, small letters, spaces and dashes aside; undefined where the table has none. */
export const findModel = (name: string): Model | undefined => models.find((model) => plain(model.name) === plain(name));

/** A row of the table: counts, or nulls where nothing was published. */
export interface ModelRow {
  readonly name: string;
  readonly total: bigint | null;
  readonly active: bigint | null;
  /** active / total. */
  readonly ratio: number | null;
  readonly experts: number | null;
  readonly topK: number | null;
  readonly publishedTotal: string;
  readonly publishedActive: string;
  readonly source: string;
  readonly remark: string;
}

export function modelRow({ name, config, source, published, remark = "" }: Model): ModelRow {
  const counted: Account | null = config && account(config, { file: name });
  return {
    name,
    total: counted?.total ?? null,
    active: counted?.active ?? null,
    ratio: counted && Number(counted.active) / Number(counted.total),
    experts: counted && counted.experts.total,
    topK: counted && counted.experts.topK,
    publishedTotal: published.total,
    publishedActive: published.active ?? (counted && counted.moeLayers === 0 ? published.total : "not published"),
    source,
    remark,
  };
}

export const modelRows = (): ModelRow[] => models.map(modelRow);
