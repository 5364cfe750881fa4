import { onGoodNode } from "./setup/node.mjs";
// npm start [-- --no-browser --port N --host H --token T]: opens JupyterLab on notebooks/.
onGoodNode(() => import("./start/main.mjs").then(({ start }) => start(process.argv.slice(2))));
