"use strict";

/** Folders may change while a kernel runs: `npm install`, or a build of this project beside an open notebook.
 *
 *  TypeScript watches the folders that a cell's imports could come from. Where one of them changes, it looks again a quarter of
 *  a second later. tslab gives the compiler one timer, for the next cell, and throws "Unexpected pending rebuildTimer" when it
 *  asks for this second one: the kernel ends, with all that its cells had made. So this second timer becomes one of Node's. */
exports.letFoldersChange = ({ sys }) => {
  const own = new Set();
  // tslab makes an object that inherits from `sys`, and sets these two on it: a setter of `sys` sees what it sets.
  const wrap = (name, around) =>
    Object.defineProperty(sys, name, {
      configurable: true,
      get: () => globalThis[name],
      set(given) {
        Object.defineProperty(this, name, { configurable: true, writable: true, value: around(given) });
      },
    });
  wrap("setTimeout", (ofTslab) => (callback, ...rest) => {
    if (callback.name === "updateProgramWithWatchStatus") return ofTslab(callback, ...rest);
    const timer = setTimeout(
      () => {
        own.delete(timer);
        callback();
      },
      ...rest,
    ).unref();
    own.add(timer);
    return timer;
  });
  wrap("clearTimeout", (ofTslab) => (timer) => {
    if (own.delete(timer)) clearTimeout(timer);
    else ofTslab(timer);
  });
};
