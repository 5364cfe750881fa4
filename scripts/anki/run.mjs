import { onGoodNode } from "../setup/node.mjs";
// npm run anki [-- FILE]: the questions of the interview as cards, in a package that Anki imports.
onGoodNode(() =>
  import("../setup/script.mjs").then(({ runScript }) => runScript("scripts/anki/main.ts", process.argv.slice(2))),
);
