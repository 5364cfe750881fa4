"use strict";
// Starts the TypeScript kernel (tslab 1.0.22) with repairs, here and in the files beside it; test/notebooks/ shows each trap with and without them.
// TWINFORMER_PLAIN_TSLAB=1 leaves them out.
const path = require("node:path");
const { mendCells } = require("./cells.cjs");
const { letFoldersChange } = require("./folders.cjs");

const tslab = path.dirname(require.resolve("tslab/package.json"));

/** No output is lost.
 *
 *  tslab sends its messages without waiting for one to be gone before the next. zeromq allows that for 512 messages, then
 *  takes one send "later" and refuses all that come meanwhile: a chart stops moving after a minute of training, and the
 *  message that ends the cell is lost with it, so that the cell shows [*] for ever. With a send timeout of 0 zeromq takes
 *  every message at once; without a high-water mark it keeps them all until the front end has read them. */
function keepAllOutput() {
  const { Publisher } = require(require.resolve("zeromq", { paths: [tslab] }));
  const { bind } = Publisher.prototype;
  // Both options have to be set before the socket is bound. Not by assignment: the inherited `bind` is read-only.
  Object.defineProperty(Publisher.prototype, "bind", {
    value(...address) {
      Object.assign(this, { sendTimeout: 0, sendHighWaterMark: 0 });
      return bind.apply(this, address);
    },
  });
}

/** `{ total, active }` works with variables of earlier cells.
 *
 *  tslab keeps the variables of cells in `exports` and rewrites `total` to `exports.total` in later cells, but overlooks
 *  properties in shorthand: there `total` is looked up as a global, "ReferenceError: total is not defined". So each
 *  variable becomes readable as a global too, unless there is a global of that name, or libraries look for one to find
 *  out where they run. */
function findShorthandVariables() {
  const telling = new Set([
    "window",
    "document",
    "self",
    "navigator",
    "location",
    "define",
    "module",
    "exports",
    "Deno",
  ]);
  let cells;
  Object.defineProperty(globalThis, "__tslab__", {
    configurable: true,
    get: () => cells,
    set({ exports: variables, require }) {
      const share = (name) => {
        if (name in globalThis || telling.has(name) || /^(__esModule$|tsLastExpr)/.test(String(name))) return;
        Object.defineProperty(globalThis, name, { configurable: true, get: () => variables[name] });
      };
      const exports = new Proxy(variables, {
        set(_, name, value) {
          share(name);
          return Reflect.set(variables, name, value);
        },
        defineProperty(_, name, descriptor) {
          share(name);
          return Reflect.defineProperty(variables, name, descriptor);
        },
      });
      cells = { exports, require };
    },
  });
}

// The server's secret comes down to its kernels: a cell that shows its environment should not show that.
delete process.env.JUPYTER_TOKEN;

const isPlain = process.env.TWINFORMER_PLAIN_TSLAB === "1";
if (!isPlain) {
  keepAllOutput();
  findShorthandVariables();
  letFoldersChange(require(require.resolve("@tslab/typescript-for-tslab", { paths: [tslab] })));
}
const listen = isPlain ? undefined : mendCells(tslab);
require(path.join(tslab, "dist/main.js")).main();
listen?.();
