import { onGoodNode } from "./setup/node.mjs";
// npm run account:fuzz [-- FILE] [--rows]: counts of lib/account beside transformers', for all its causal model types.
onGoodNode(() =>
  import("./setup/script.mjs").then(({ runScript }) => runScript("scripts/account/fuzz.ts", process.argv.slice(2))),
);
