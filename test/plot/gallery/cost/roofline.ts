import { account, findModel } from "../../../../lib/account/index.js";
import { bound, findDevice, type Phase } from "../../../../lib/cost/index.js";
import { roofline } from "../../../../lib/plot/index.js";

const mixtral = account(findModel("Mixtral-8x7B")!.config!);
const steps = (phase: Phase, batches: readonly number[], context: number) =>
  batches.map((batch) => ({ batch, ...bound(mixtral, "H100-SXM", { phase, context, batch }) }));
export const figure = roofline([...steps("decode", [1, 16, 256], 512), ...steps("prefill", [1], 4096)], {
  by: "phase",
  name: ({ batch }) => `batch ${batch}`,
  intensity: ({ flops, bytes }) => flops / bytes.total,
  devices: [findDevice("H100-SXM")!],
});
