import { expect, test } from "vitest";
import { account, componentRows, models } from "../../lib/account/index.js";
import { parameterBars } from "../../lib/plot/index.js";

test("the components of a model sum to what it has, and are drawn as they are", () => {
  for (const { name, config } of models.filter((model) => model.config !== null).slice(0, 12)) {
    const counted = account(config!);
    const rows = componentRows(counted, name);
    expect(rows.every(({ by, total, active }) => by === name && total >= active && total > 0)).toBe(true);
    expect(rows.reduce((sum, { total }) => sum + total, 0)).toBe(Number(counted.total));
    expect(rows.reduce((sum, { active }) => sum + active, 0)).toBe(Number(counted.active));
    expect(parameterBars(rows).description).toContain(name);
  }
});
