import { onGoodNode } from "./setup/node.mjs";
// npm run docs [-- --check]: writes docs/api.md from the docstrings of all public names.
onGoodNode(() =>
  import("./setup/script.mjs").then(({ runScript }) => runScript("scripts/docs/main.ts", process.argv.slice(2))),
);
