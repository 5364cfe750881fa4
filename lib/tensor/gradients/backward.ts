/** The way back through a recorded graph: from the last node to the first, each gradient added up before it is handed on. */

import { asOf, ChangedInPlace, scope, settle, type Storage } from "../../kernels/memory.js";
import { type Node, noGrad, nodesFrom, type Thunk, wantsGrad } from "../autograd.js";
import { sameShape, ShapeError, show } from "../check.js";
import { plus } from "../spans.js";
import { empty, read, Tensor, write } from "../tensor.js";

export interface BackwardOptions {
  /** d loss / d this, of the same shape. Default 1, for a single number. */
  gradient?: Tensor;
  /** Keep the graph for another backward pass. Default false: it is freed. */
  retainGraph?: boolean;
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
    const start = gradient ? copyOf(gradient) : empty(loss.shape); // a copy: the caller may have changed it in place
    if (!gradient) write(start).fill(1);
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

/** Each leaf's `grad` has a storage of its own, for optimizers and clipping change it in place: an addition hands both of
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
  const { retained } = node;
  if (retained) retained.grad = retained.grad ? plus(retained.grad, dy) : copyOf(dy);
  try {
    pending.run(() => asOf(node.changes, () => passOn(node, make(dy), pending)));
  } catch (error) {
    if (!(error instanceof ChangedInPlace)) throw error;
    throw new Error(
      `backward: ${node.name} ${show(node.shape)} needs numbers that it saw, but ${error.message} since; call backward before that, or let the op work on a copy`,
      { cause: error },
    );
  }
  pending.done(node);
}

/** Hands each input of a node its gradient. */
function passOn(node: Node, thunks: readonly Thunk[], pending: Pending): void {
  node.inputs.forEach((edge, i) => {
    if (!edge) return;
    const gradient = thunks[i]();
    if (!sameShape(gradient.shape, edge.shape)) {
      throw new ShapeError(
        `backward: ${node.name} made a gradient ${show(gradient.shape)} for an input ${show(edge.shape)}`,
      );
    }
    pending.add(edge, gradient);
  });
}

function freeNode(node: Node): void {
  node.backward = null;
  if (node.owned && !node.owned.released) {
    node.owned.released = true;
    for (const storage of node.owned.storages) storage.release();
  }
}
