import { onGoodNode } from "../setup/node.mjs";
// npm run interop [-- --python PATH] [--count N] [--seed S]: our saved twins in transformers, and its saved models here.
onGoodNode(() =>
  import("../setup/script.mjs").then(({ runScript }) => runScript("scripts/interop/main.ts", process.argv.slice(2))),
);
