import { modelRows } from "../../../../lib/account/index.js";
import { modelMap } from "../../../../lib/plot/index.js";

export const figure = modelMap(
  modelRows().flatMap(({ name: by, total, active }) =>
    total === null || active === null ? [] : [{ by, total: Number(total), active: Number(active) }],
  ),
  { height: 560 },
);
