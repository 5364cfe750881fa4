/** Lets timers, signals, messages and the garbage collector's finalizers be handled before going on. A loop that only awaits ready
 *  promises never lets them: the stop button would wait for its end. */
export function tick(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
