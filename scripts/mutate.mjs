import { onGoodNode } from "./setup/node.mjs";
// npm run mutate -- [FOLDER|FILE…] [--sample N] [--seed S]: which small changes of the code does no test notice?
// npm run mutate -- --claims [ID…]: does a test notice when what a claim rests on is broken?
const args = process.argv.slice(2);
const program = args.includes("--claims") ? "scripts/mutate/claims/main.ts" : "scripts/mutate/main.ts";
onGoodNode(() => import("./setup/script.mjs").then(({ runScript }) => runScript(program, args)));
