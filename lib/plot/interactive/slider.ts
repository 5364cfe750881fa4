import { show, showAll } from "../../text/show.js";
import { escapeHtml } from "../escape.js";
import { type Figure, HtmlFigure } from "../figure.js";
import { Options } from "../options.js";

export interface SliderOptions {
  /** What the slider sets: "capacity factor". */
  readonly label: string;
  /** The stop that shows first; default the first one. */
  readonly start?: string;
}

/** A slider with a stop for each picture: what it shows has been computed before, nothing is made up between two stops. Arrow keys
 *  move it. It is a row of radio buttons and style rules, without a script; where a notebook is not trusted, the first picture stays.
 *  @param stops figures of one size, by name: { "0.5": queues(…), "1": queues(…) } as a list of pairs */
export function slider(stops: readonly (readonly [string, Figure])[], options: SliderOptions): HtmlFigure {
  checkStops(stops);
  const given = new Options("slider", options);
  const label = given.text("label", "");
  const start = options.start === undefined ? undefined : given.text("start", "");
  if (stops.length < 2) throw new RangeError(`slider needs at least two pictures, got ${stops.length}`);
  const first = start === undefined ? 0 : stops.findIndex(([name]) => name === start);
  if (first < 0)
    throw new RangeError(`slider has no stop ${show(start)}; its stops are ${showAll(stops.map(([name]) => name))}`);
  const knobs = stops.map(
    ([name], i) =>
      `<label style="${STOP}"><input type="radio" name="stop" data-lm-suppress-shortcuts="true" value="${i}" style="margin:0;cursor:pointer"${i === first ? " checked" : ""} aria-label="${escapeHtml(`${label} ${name}`)}">${escapeHtml(name)}</label>`,
  );
  const pictures = stops.map(([, figure], i) => {
    const hidden = i === first ? "" : ` hidden="hidden" style="display:none"`;
    return `<div class="twinformer-stop"${hidden}>${figure.html({ still: i === first })}</div>`;
  });
  // A form of its own: radio buttons of one name, but in different forms, know nothing of each other. JupyterLab, which would take the
  // arrow keys for its own, leaves them to what has the data attribute.
  const bar = `<div class="twinformer-slider-bar" hidden="hidden" style="display:none"><form>${escapeHtml(label)} ${track(stops.length)}${knobs.join("")}</span></form></div>`;
  return new HtmlFigure({
    name: "slider",
    description: `${label}: ${stops.map(([name, figure]) => `${name}: ${figure.description}`).join(" ")}`,
    facts: Object.fromEntries(stops.map(([name, figure]) => [name, figure.facts])),
    html: () =>
      `<div class="twinformer-slider"><style>${rules(stops.length)}</style>${bar}<div class="twinformer-stops">${pictures.join("")}</div></div>`,
  });
}

function checkStops(stops: unknown): void {
  if (!Array.isArray(stops)) throw new TypeError(`slider needs a list of [name, figure], got ${show(stops)}`);
  stops.forEach((stop: unknown, i) => {
    const [name, figure] = Array.isArray(stop) ? (stop as unknown[]) : [];
    if (typeof name === "string" && typeof (figure as Partial<Figure> | null | undefined)?.html === "function") return;
    throw new TypeError(`slider needs a list of [name, figure], stop ${i} is [${show(name)}, ${show(figure)}]`);
  });
}

/** Its line runs from the middle of the first stop to that of the last, also where the stops share less room than they want. */
const track = (stops: number): string =>
  `<span style="display:inline-flex;width:${40 * stops}px;max-width:100%;margin-left:8px;background:linear-gradient(currentColor,currentColor) center 7px/${Math.round(100 - 100 / stops)}% 1px no-repeat">`;
const STOP = "display:flex;flex-direction:column;align-items:center;flex:1;min-width:0;cursor:pointer";

/** The picture whose button is pressed, and no other. */
function rules(count: number): string {
  const shown = Array.from({ length: count }, (_, i) => {
    const pressed = `.twinformer-slider:has(input[value="${i}"]:checked)>.twinformer-stops>.twinformer-stop`;
    return (
      `${pressed}:not(:nth-child(${i + 1})){display:none!important}` +
      `${pressed}:nth-child(${i + 1}){display:block!important}`
    );
  });
  return (
    `.twinformer-slider-bar:has(>form input){display:block!important;font-size:12px;margin:0 0 6px 2px}` +
    shown.join("")
  );
}
