/** The stop button of a notebook (a SIGINT to the kernel), turned into a wish that a loop can ask for.
 *
 *  While it is listened to, the kernel's own handlers are set aside: tslab's would fail the cell at once, lose the variables it
 *  declares, and leave the loop running behind. So one press ends the loop in good order, and the cell with it. A second press
 *  means it: the handlers come back and get the signal.
 *
 *  Must be called after the event loop has turned once since the cell began (`await tick()`): a handler that is added in the
 *  synchronous part of a cell leaves the process without any, and the next SIGINT kills the kernel. */
export interface StopButton {
  readonly pressed: boolean;
  /** Gives the signal back to the handlers that were there before. Always call it, in `finally`. */
  release(): void;
}

type Listener = (...args: unknown[]) => void;

export function listenForStop(): StopButton {
  if (typeof process === "undefined" || typeof process.on !== "function") return { pressed: false, release() {} };
  let pressed = false;
  let held = true;
  const aside = process.rawListeners("SIGINT") as Listener[];
  const press = () => {
    if (!pressed) {
      pressed = true;
      return;
    }
    release();
    process.kill(process.pid, "SIGINT");
  };
  process.on("SIGINT", press); // first ours, then theirs away: with no listener at all, the signal would kill the process
  for (const listener of aside) process.removeListener("SIGINT", listener);

  function release(): void {
    if (!held) return;
    held = false;
    for (const listener of aside) process.on("SIGINT", listener);
    process.removeListener("SIGINT", press);
  }
  return {
    get pressed() {
      return pressed;
    },
    release,
  };
}
