import type { Account } from "./account.js";

/** A row for each component that the model has, as `parameterBars` of `twinformer/plot` reads them.
 *  @param by what the model is called beside others
 *  @example
 *  const counted = account({ model_type: "twinformer", vocabSize: 3, blockSize: 4, nLayer: 1, nHead: 1, dModel: 2 });
 *  componentRows(counted, "tiny")[0]; // => { "by": "tiny", "component": "embedding", "total": 14, "active": 14 } */
export function componentRows(
  { byKind, activeByKind }: Pick<Account, "byKind" | "activeByKind">,
  by?: string,
): { by?: string; component: string; total: number; active: number }[] {
  return (Object.keys(byKind) as (keyof typeof byKind)[])
    .filter((component) => byKind[component] > 0n)
    .map((component) => ({
      ...(by !== undefined && { by }),
      component,
      total: Number(byKind[component]),
      active: Number(activeByKind[component]),
    }));
}
