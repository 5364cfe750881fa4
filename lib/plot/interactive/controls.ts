import { show, showAll } from "../../text/show.js";
import { number, oneOf, optional, readRows, text, texts, flag, numbers } from "../rows/columns.js";

interface Named {
  /** What it sets, as words beside it: "capacity factor". */
  readonly label: string;
}

/** A number, by a slider from `min` to `max`; with `typed`, by a field to type it in. */
export interface RangeControl extends Named {
  readonly start: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly typed?: boolean;
  /** Stands behind the value: "tokens". */
  readonly unit?: string;
}

/** One of a few numbers, by a slider that stops at each: batches of 1, 2, 4, 8. */
export interface StopsControl extends Named {
  readonly start: number;
  readonly stops: readonly number[];
  readonly unit?: string;
}

/** One of a few words, by a menu. */
export interface ChoiceControl extends Named {
  readonly start: string;
  readonly choices: readonly string[];
}

export type NumberControl = RangeControl | StopsControl;
export type AnyControl = NumberControl | ChoiceControl;
/** What sets a value of this type. */
export type Control<Value> = Value extends number ? NumberControl : Value extends string ? ChoiceControl : never;

/** What all controls say, by name. */
export type Values = Readonly<Record<string, number | string>>;
export type Controls<V> = { readonly [Name in keyof V]: Control<V[Name]> };

const MOST = 12;

/** Throws a sentence unless each control has all it needs and starts at a value that it can have. */
export function checkControls(controls: unknown): readonly (readonly [string, AnyControl])[] {
  if (typeof controls !== "object" || controls === null || Array.isArray(controls))
    throw new TypeError(`knobs needs controls by name, got ${show(controls)}`);
  const entries = Object.entries(controls as Record<string, unknown>);
  if (entries.length === 0 || entries.length > MOST)
    throw new RangeError(`knobs needs 1 to ${MOST} controls, got ${entries.length}`);
  return entries.map(([name, control]) => [name, checked(name, control)]);
}

function checked(name: string, control: unknown): AnyControl {
  const given = (typeof control === "object" && control !== null ? control : {}) as Record<string, unknown>;
  const figure = `knobs with control ${show(name)}`;
  const { label } = readRows(figure, [given], { label: text })[0];
  if (given.choices !== undefined) {
    const { choices, start } = readRows(figure, [given], { choices: texts, start: text })[0];
    if (!choices.includes(start))
      throw new RangeError(`${figure} needs to start at one of ${showAll(choices)}, got ${show(start)}`);
    return { label, choices, start };
  }
  const { unit, start } = readRows(figure, [given], { unit: optional(text), start: number })[0];
  const own = { label, start, ...(unit === undefined ? {} : { unit }) };
  if (given.stops !== undefined) {
    const { stops } = readRows(figure, [given], { stops: numbers })[0];
    if (!stops.every((stop, i) => Number.isFinite(stop) && (i === 0 || stop > stops[i - 1])))
      throw new RangeError(`${figure} needs stops that rise, got ${showAll(stops.map(String))}`);
    if (!stops.includes(start))
      throw new RangeError(`${figure} needs to start at one of ${showAll(stops.map(String))}, got ${start}`);
    return { ...own, stops };
  }
  const columns = { min: number, max: number, step: number, typed: optional(flag) };
  const { min, max, step, typed } = readRows(figure, [given], columns)[0];
  if (!(min <= start && start <= max && step > 0 && [min, max, step].every(Number.isFinite)))
    throw new RangeError(`${figure} needs min ≤ start ≤ max and a step above 0, got ${min}, ${start}, ${max}, ${step}`);
  const steps = (start - min) / step;
  if (Math.abs(steps - Math.round(steps)) > 1e-6)
    throw new RangeError(`${figure} needs to start some steps of ${step} from ${min}, got ${start}`);
  return { ...own, min, max, step, ...(typed === undefined ? {} : { typed }) };
}

/** The values with which the controls start; `given` takes their place where a control can have it. */
export function valuesOf(controls: readonly (readonly [string, AnyControl])[], given: unknown): Values {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`knobs needs values by name, got ${show(given)}`);
  const names = controls.map(([name]) => name);
  const unknown = Object.entries(given).find(([name, value]) => value !== undefined && !names.includes(name))?.[0];
  if (unknown !== undefined)
    throw new RangeError(`knobs has no control ${show(unknown)}; its controls are ${showAll(names)}`);
  return Object.fromEntries(
    controls.map(([name, control]) => [name, valueOf(name, control, (given as Record<string, unknown>)[name])]),
  );
}

function valueOf(name: string, control: AnyControl, value: unknown): number | string {
  if (value === undefined) return control.start;
  const figure = `knobs with control ${show(name)}`;
  const values = [{ value }];
  if ("choices" in control) return readRows(figure, values, { value: oneOf(...control.choices) })[0].value;
  const [{ value: own }] = readRows(figure, values, { value: number });
  const isOne = "stops" in control ? control.stops.includes(own) : own >= control.min && own <= control.max;
  if (isOne) return own;
  const among =
    "stops" in control ? `one of ${showAll(control.stops.map(String))}` : `${control.min} to ${control.max}`;
  throw new RangeError(`${figure} needs a value of ${among}, got ${own}`);
}
