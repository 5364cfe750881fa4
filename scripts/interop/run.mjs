import { onGoodNode } from "../setup/node.mjs";
// npm run interop [-- --python PATH] [--count N] [--seed S]: our saved twins in transformers, and its saved models here.
// npm run interop -- framework: figures in a page of Observable Framework.
// npm run interop -- anki: the cards of the interview, imported by Anki's own library.
onGoodNode(async () => {
  const [first, ...others] = process.argv.slice(2);
  const { runScript } = await import("../setup/script.mjs");
  if (first === "framework") await runScript("scripts/interop/framework.ts", others);
  else if (first === "anki") await runScript("scripts/interop/anki.ts", others);
  else await runScript("scripts/interop/main.ts", process.argv.slice(2));
});
