/** Models by name: what they have, what works on a token, and what their makers say. */

import { account } from "../account.js";
import { dense } from "./dense.js";
import { dense2024 } from "./dense2024.js";
import { moe } from "./moe.js";
import { moe2024 } from "./moe2024.js";
import type { Model } from "./types.js";

export type { Model } from "./types.js";

/** The models that the notebooks speak of, then others that people ask for: dense ones first, then mixtures of experts, each roughly
 *  from the oldest to the newest. */
export const models: readonly Model[] = [...dense, ...moe, ...dense2024, ...moe2024];

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9.]/g, "");

/** The model of that name, small letters, spaces and dashes aside: its name here, or at the hub with or without the maker's before
 *  it ("mistralai/Mixtral-8x7B-v0.1"). Undefined where the table has none. */
export const findModel = (name: string): Model | undefined =>
  models.find((model) => plain(model.name) === plain(name)) ??
  models.find(({ hub }) => hub !== undefined && [hub, hub.split("/")[1]].some((own) => plain(own) === plain(name)));

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
  readonly hub: string | null;
}

export function modelRow({ name, config, hub, source, published, remark = "" }: Model): ModelRow {
  const about = { name, publishedTotal: published.total, source, remark, hub: hub ?? null };
  if (config === null)
    return {
      ...about,
      total: null,
      active: null,
      ratio: null,
      experts: null,
      topK: null,
      publishedActive: "not published",
    };
  const { total, active, experts, moeLayers } = account(config, { file: name });
  return {
    ...about,
    total,
    active,
    ratio: Number(active) / Number(total),
    experts: experts.total,
    topK: experts.topK,
    publishedActive: published.active ?? (moeLayers === 0 ? published.total : "not published"),
  };
}

export const modelRows = (): ModelRow[] => models.map(modelRow);
