import { onGoodNode } from "./setup/node.mjs";
// npm start [-- --no-browser --port N --host H --token T --fresh NAME]: opens JupyterLab on my-notebooks/.
onGoodNode(() => import("./start/main.mjs").then(({ start }) => start(process.argv.slice(2))));
