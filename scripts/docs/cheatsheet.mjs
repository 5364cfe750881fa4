import { onGoodNode } from "../setup/node.mjs";
// npm run cheatsheet: writes docs/cheatsheet.svg, and docs/cheatsheet.pdf from it by a Chromium.
onGoodNode(() => import("./pdf.mjs").then(({ cheatsheetPdf }) => cheatsheetPdf()));
