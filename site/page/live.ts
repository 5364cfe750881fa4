/** Wakes the page up that this script was put into. */

import { openNotebook } from "./notebook.js";
import { takeFiles } from "../own/open.js";
import { wake } from "./wake.js";

const { notebook } = document.body.dataset;
if (notebook === "own") void import("../own/own.js").then(({ ownPage }) => ownPage());
else if (notebook !== undefined)
  void openNotebook(`notebooks/${notebook}.ipynb`).then((found) => takeFiles(wake(notebook, found).runner));
