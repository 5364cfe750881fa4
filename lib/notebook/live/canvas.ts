import { checkNumbers } from "../../config/options.js";
import { checked, liveDisplay, type LiveDisplay } from "../display.js";
import { inSight } from "./inSight.js";
import type { Picture } from "../picture.js";
import { statusPicture } from "./status.js";

/** The outputs of a training cell: one line that says how far it is, and the pictures below it, each replaced in place. */
export class LiveCanvas<Row> {
  readonly #render: ((rows: readonly Row[]) => Picture | readonly Picture[]) | undefined;
  readonly #interval: number;
  readonly #status: LiveDisplay = liveDisplay();
  readonly #displays: LiveDisplay[] = [];
  #shown: readonly Picture[] = [];
  #next = 0;

  /** @param redraws most redraws a second. */
  constructor(render: ((rows: readonly Row[]) => Picture | readonly Picture[]) | undefined, redraws: number) {
    checkNumbers("trainLive", { redraws }, { above: 0, orInfinity: true });
    this.#render = render;
    this.#interval = 1000 / redraws;
    this.#status.update(inSight(statusPicture("the first step ...")));
  }

  /** Draws if the last time was long enough ago: each state is a message to the front end, and a flood of them gets lost. */
  draw(rows: readonly Row[], status: string): void {
    const now = performance.now();
    if (now < this.#next) return;
    this.#show(this.#rendered(rows), status);
    const spent = performance.now() - now;
    this.#next = now + Math.max(this.#interval, 5 * spent); // drawing gets a fifth of the time at most
  }

  /** The last state, always drawn. If the rows can't be drawn, the last picture that could be stays.
   *  Gives the first error of showing it (a disk that is full), after everything that can be shown was. */
  finish(rows: readonly Row[], status: string): unknown {
    let pictures = this.#shown;
    try {
      pictures = this.#rendered(rows).map(checked);
    } catch {
      // It was reported when it first came up, or by the sentence in `status`.
    }
    const errors: unknown[] = [];
    const attempt = (show: () => void) => {
      try {
        show();
      } catch (error) {
        errors.push(error);
      }
    };
    attempt(() => this.#status.update(statusPicture(status), { last: true }));
    pictures.forEach((picture, i) => attempt(() => this.#display(i).update(picture, { last: true })));
    return errors[0];
  }

  #display(i: number): LiveDisplay {
    return (this.#displays[i] ??= liveDisplay());
  }

  #rendered(rows: readonly Row[]): readonly Picture[] {
    if (!this.#render || rows.length === 0) return [];
    const drawn = this.#render(rows);
    return "html" in drawn ? [drawn] : drawn;
  }

  #show(pictures: readonly Picture[], status: string): void {
    this.#status.update(statusPicture(status));
    pictures.forEach((picture, i) => this.#display(i).update(picture));
    this.#shown = pictures;
  }
}
