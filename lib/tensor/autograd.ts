/**
 * Reverse-mode differentiation.
 *
 * An op computes its output and ends in one call, `record(name, inputs, output, dy => [thunks])`: one thunk per input,
 * run only if that input wants a gradient. The graph is plain data: a `Node` knows the nodes that its inputs came from.
 * `backward.ts` walks it from the last node to the first and owns every sum of gradients; ops never add in place, since
 * `add` hands the very same dy to both of its inputs.
 */

import { changeCount, scope, settle, type Storage } from "../kernels/memory.js";
import { checkFinished, describe, isTensor, ShapeError } from "./check.js";
import type { Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

/** Computes the gradient of one input. */
export type Thunk = () => Tensor;

/** Where a gradient goes: the op that made an input, a leaf that collects it, or nowhere. */
export type Edge = Node | Tensor | null;

/** One recorded operation. */
export interface Node {
  /** Creation index: descending order is a reverse topological order. */
  readonly id: number;
  readonly name: string;
  readonly shape: Shape;
  readonly inputs: readonly Edge[];
  /** Null once a backward pass has freed the graph. */
  backward: ((dy: Tensor) => readonly Thunk[]) | null;
  /** Storages that only this part of the graph can see. */
  owned: Owned | null;
  /** In-place changes up to when the op ran: what is changed later no longer holds what the op saw. */
  readonly changes: number;
  /** The tensor that this node made, once that asked to keep its gradient. */
  retained: Tensor | null;
}

interface Owned {
  storages: readonly Storage[];
  released: boolean;
}

let recording = true;
let lastId = 0;
/** Nodes made while `contained` runs. */
let made: Node[] | null = null;

/** Runs `body` without recording: nothing in it can be differentiated, and nothing is kept for that. It must not be async
 *  or a generator, since what runs after it returned would be recorded again.
 *  @example
 *  const w = tensor([1, 2], { requiresGrad: true });
 *  noGrad(() => mul(w, 2)).node // => null */
export function noGrad<T>(body: () => T): T {
  if (typeof body !== "function") throw new ShapeError(`noGrad: needs a function to run, got ${describe(body)}`);
  const before = recording;
  recording = false;
  try {
    const result = body();
    checkFinished("noGrad", result, "would be recorded again");
    return result;
  } finally {
    recording = before;
  }
}

/** False inside `noGrad`. */
export const isRecording = (): boolean => recording;

/** True when a gradient has to flow into this tensor. */
export const wantsGrad = (x: Tensor): boolean => x.requiresGrad || x.node !== null;

/** Ends every op: remembers how the output's gradient turns into those of its inputs. */
export function record<T extends Tensor>(
  name: string,
  inputs: readonly Tensor[],
  output: T,
  backward: (dy: Tensor) => readonly Thunk[],
): T {
  if (recording && inputs.some(wantsGrad)) {
    const edges = inputs.map((x) => x.node ?? (x.requiresGrad ? x : null));
    const changes = changeCount();
    output.node = {
      id: ++lastId,
      name,
      shape: output.shape,
      inputs: edges,
      backward,
      owned: null,
      changes,
      retained: null,
    };
    made?.push(output.node);
  }
  return output;
}

/** Every node that `root` depends on, each before its inputs. Iterative: a graph may be 50,000 ops deep. */
export function nodesFrom(root: Node): Node[] {
  const seen = new Set<Node>([root]);
  for (const node of seen) {
    for (const edge of node.inputs) if (edge && !isTensor(edge)) seen.add(edge);
  }
  return [...seen].sort((a, b) => b.id - a.id);
}

/**
 * Runs library code whose intermediate tensors no other code can reach, and returns its result. What is born inside and
 * is not `kept` is recycled when the graph is freed, or at once where nothing is recorded, without waiting for the
 * garbage collector. Never run code of the user's inside: it could keep a tensor.
 */
export function contained<T>(body: () => T, kept: (result: T) => readonly Tensor[]): T {
  const outer = made;
  const nodes: Node[] = [];
  made = nodes;
  let ran: { result: T; born: Storage[] };
  try {
    ran = scope(body);
  } finally {
    made = outer;
  }
  const keep = new Set(kept(ran.result).map((x) => x.storage));
  const inner = ran.born.filter((storage) => !keep.has(storage));
  settle(ran.born.filter((storage) => keep.has(storage)));
  if (nodes.every((node) => node.backward === null)) {
    // No graph, or one that a backward pass in `body` has freed already.
    for (const storage of inner) storage.release();
  } else {
    settle(inner);
    const owned = { storages: inner, released: false };
    for (const node of nodes) node.owned = owned;
    outer?.push(...nodes);
  }
  return ran.result;
}
