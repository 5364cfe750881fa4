/**
 * Reverse-mode differentiation.
 *
 * An op computes its output and ends in one call, `record(name, inputs, output, dy => [thunks])`: one thunk per input,
 * run only if that input wants a gradient. The graph is plain data: a `Node` knows the nodes that its inputs came from.
 * `backward` walks it from the last node to the first and owns every sum of gradients; ops never add in place, since
 * `add` hands the very same dy to both of its inputs.
 */

import { scope, settle, type Storage } from "../kernels/memory.js";
import { sameShape, ShapeError, show } from "./check.js";
import type { Shape } from "./shape.js";
import { empty, read, Tensor, write } from "./tensor.js";

/** Computes the gradient of one input. */
export type Thunk = () => Tensor;

/** Where a gradient goes: the op that made an input, a leaf that collects it, or nowhere. */
type Edge = Node | Tensor | null;

/** One recorded operation. */
export interface Node {
  /** Grows with time, so that falling ids are an order in which every node comes before its inputs. */
  readonly id: number;
  readonly name: string;
  readonly shape: Shape;
  readonly inputs: readonly Edge[];
  /** Null once a backward pass has freed the graph. */
  backward: ((dy: Tensor) => readonly Thunk[]) | null;
  /** Storages that only this part of the graph can see. */
  owned: Owned | null;
}

interface Owned {
  storages: readonly Storage[];
  released: boolean;
}

export interface BackwardOptions {
  /** d loss / d this, of the same shape. Default 1, for a single number. */
  gradient?: Tensor;
  /** Keep the graph for another backward pass. Default false: it is freed. */
  retainGraph?: boolean;
}

let recording = true;
let lastId = 0;
/** Nodes made while `contained` runs. */
let made: Node[] | null = null;

/** Runs `body` without recording: nothing in it can be differentiated, and nothing is kept for that. */
export function noGrad<T>(body: () => T): T {
  const before = recording;
  recording = false;
  try {
    const result = body();
    if (result instanceof Promise)
      throw new Error(
        "noGrad: the function must not be async: what runs after its first await would be recorded again",
      );
    return result;
  } finally {
    recording = before;
  }
}

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
    output.node = { id: ++lastId, name, shape: output.shape, inputs: edges, backward, owned: null };
    made?.push(output.node);
  }
  return output;
}

/** Every node that `root` depends on, each before its inputs. Iterative: a graph may be 50,000 ops deep. */
export function nodesFrom(root: Node): Node[] {
  const seen = new Set<Node>([root]);
  for (const node of seen) {
    for (const edge of node.inputs) if (edge && !(edge instanceof Tensor)) seen.add(edge);
  }
  return [...seen].sort((a, b) => b.id - a.id);
}

/** Gradients on their way, and which storages among them nobody outside this pass has seen. */
class Pending {
  readonly #of = new Map<Node | Tensor, Tensor>();
  readonly #uses = new Map<Storage, number>();
  readonly #ours = new Set<Storage>();

  #use(x: Tensor, by: 1 | -1): void {
    const uses = (this.#uses.get(x.storage) ?? 0) + by;
    this.#uses.set(x.storage, uses);
    if (uses === 0) {
      this.#uses.delete(x.storage);
      if (this.#ours.delete(x.storage)) x.storage.release();
    }
  }

  /** Adds a gradient to what `edge` has so far. */
  add(edge: Node | Tensor, gradient: Tensor): void {
    const before = this.#of.get(edge);
    const sum = before ? plus(before, gradient) : gradient;
    this.#of.set(edge, sum);
    this.#use(sum, 1);
    if (before) this.#use(before, -1);
  }

  /** Runs one node's thunks; what they made and did not return is recycled at once. */
  run(work: () => void): void {
    const { born } = scope(work);
    for (const storage of born) {
      if (this.#uses.has(storage)) this.#ours.add(storage);
      else storage.release();
    }
  }

  get(edge: Node): Tensor | undefined {
    return this.#of.get(edge);
  }

  done(node: Node): void {
    const gradient = this.#of.get(node);
    this.#of.delete(node);
    if (gradient) this.#use(gradient, -1);
  }

  /** Leaves with their gradients, at the end. */
  leaves(): [Tensor, Tensor][] {
    return [...this.#of].filter((entry): entry is [Tensor, Tensor] => entry[0] instanceof Tensor);
  }

  /** True for a gradient that was made in this pass, so that nobody else reads it. */
  owns(gradient: Tensor): boolean {
    return this.#ours.has(gradient.storage);
  }

  /** What is left belongs to whoever holds the leaves. */
  letGo(): void {
    settle(this.#ours);
  }
}

function plus(a: Tensor, b: Tensor): Tensor {
  const sum = empty(a.shape);
  const [A, B, S] = [read(a), read(b), write(sum)];
  for (let i = 0; i < S.length; i++) S[i] = A[i] + B[i];
  return sum;
}

/** See `Tensor.backward`. */
export function backward(loss: Tensor, { gradient, retainGraph = false }: BackwardOptions): void {
  if (!wantsGrad(loss)) {
    throw new Error(
      `backward: this tensor ${show(loss.shape)} was not computed from any tensor with requiresGrad, or was made under noGrad`,
    );
  }
  if (!gradient && loss.size !== 1) {
    throw new ShapeError(
      `backward: ${show(loss.shape)} has ${loss.size} elements; reduce it to one, or pass { gradient } of its shape`,
    );
  }
  if (gradient && !sameShape(gradient.shape, loss.shape)) {
    throw new ShapeError(
      `backward: the gradient ${show(gradient.shape)} must have the shape of the tensor, ${show(loss.shape)}`,
    );
  }
  noGrad(() => {
    let start = gradient;
    if (!start) {
      start = empty(loss.shape);
      write(start).fill(1);
    }
    const pending = new Pending();
    pending.add(loss.node ?? loss, start);
    const nodes = loss.node ? nodesFrom(loss.node) : [];
    try {
      for (const node of nodes) step(node, pending);
    } finally {
      pending.letGo();
    }
    const taken = new Set<Storage>();
    for (const [leaf, grad] of pending.leaves()) {
      leaf.grad = leaf.grad ? plus(leaf.grad, grad) : alone(grad, pending.owns(grad) && !taken.has(grad.storage));
      taken.add(leaf.grad.storage);
    }
    if (!retainGraph) nodes.forEach(freeNode);
  });
}

/** Each leaf's `grad` has a storage of its own, for optimisers and clipping change it in place: an addition hands both of
 *  its inputs one gradient, a concatenation hands out slices of one, and the first gradient may be the caller's tensor. */
function alone(grad: Tensor, isOurs: boolean): Tensor {
  return isOurs && grad.isContiguous && grad.storage.length === grad.size ? grad : copyOf(grad);
}

function copyOf(x: Tensor): Tensor {
  const copy = empty(x.shape);
  write(copy).set(read(x));
  return copy;
}

function step(node: Node, pending: Pending): void {
  const dy = pending.get(node);
  if (!dy) return;
  const make = node.backward;
  if (!make || node.owned?.released) {
    throw new Error(
      `backward: the graph of ${node.name} ${show(node.shape)} was freed by an earlier backward; pass { retainGraph: true } to that one`,
    );
  }
  pending.run(() => {
    const thunks = make(dy);
    node.inputs.forEach((edge, i) => {
      if (!edge) return;
      const gradient = thunks[i]();
      if (!sameShape(gradient.shape, edge.shape)) {
        throw new ShapeError(
          `internal error: ${node.name} made a gradient ${show(gradient.shape)} for an input ${show(edge.shape)}`,
        );
      }
      pending.add(edge, gradient);
    });
  });
  pending.done(node);
}

function freeNode(node: Node): void {
  node.backward = null;
  if (node.owned && !node.owned.released) {
    node.owned.released = true;
    for (const storage of node.owned.storages) storage.release();
  }
}

/**
 * Runs library code whose intermediate tensors nobody outside can reach, and returns its result. What is born inside and
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
