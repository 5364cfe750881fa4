import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runParams } from "../../scripts/golden/params.js";

// The runner of reference cases, on a case that is right and on the same case with one number changed.
const folder = mkdtempSync(path.join(tmpdir(), "twinformer params ü "));
mkdirSync(path.join(folder, "configs"));
writeFileSync(path.join(folder, "configs/m.json"), JSON.stringify({ model_type: "mixtral" }));
const row = {
  name: "m",
  model_type: "mixtral",
  total: 46702792704,
  active: 12879925248,
  tied: false,
  router_params: 1048576,
  expert_params_each: 176160768,
  dense_layers: 0,
  persistent_buffer_names: [],
  note: "",
};
const run = (changed: object) => runParams(folder, "params.json", [{ ...row, ...changed }]).map(String);

describe("npm run golden on params.json", () => {
  it("compares every number exactly", () => {
    expect(run({})).toEqual(["params.json  m  abs 0  rel 0  ok"]);
    expect(run({ active: 12879925249 })).toEqual([
      "params.json  m  abs 1.0e+0  rel 7.8e-11  FAIL active is 12879925248, expected 12879925249",
    ]);
    expect(run({ tied: true })[0]).toContain("FAIL tied is false, expected true");
    expect(run({ persistent_buffer_names: ["bias"] })[0]).toContain(
      'FAIL persistent_buffer_names is [], expected ["bias"]',
    );
  });

  it("fails where a row asks for something that is not counted, and where its config is missing or bad", () => {
    expect(run({ vision_params: 1 })[0]).toContain("FAIL the library counts nothing that is called vision_params");
    expect(run({ name: "gone" })[0]).toContain("FAIL configs/gone.json is missing");
    writeFileSync(path.join(folder, "configs/bad.json"), JSON.stringify({ model_type: "mixtral", hidden_size: 0 }));
    expect(run({ name: "bad" })[0]).toContain("FAIL configs/bad.json: hidden_size must be an integer from 1, got 0");
  });
});
