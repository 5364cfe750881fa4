/**
 * The backward pass: nodes in reverse topological order, and each one's gradients are added to those of its inputs.
 *
 * lib/tensor has one circle of imports at run time, because a tensor can do `x.backward()`: tensor.ts -> gradients/backward.ts
 * (which makes gradients, tensors too) -> gradients/pending.ts -> spans.ts -> tensor.ts. None of them uses another while it
 * loads.
 */

import { asOf, ChangedInPlace, type Storage } from "../../kernels/memory.js";
import { type Node, noGrad, nodesFrom, type Thunk, wantsGrad } from "../autograd.js";
import { checkOptions, checkTensor, sameShape, ShapeError, show } from "../check.js";
import { plus } from "../spans.js";
import { copyOf, empty, read, type Tensor, write } from "../tensor.js";
import { Pending } from "./pending.js";

export interface BackwardOptions {
  /** d loss / d this, of the same shape. Default 1, for a single number. */
  gradient?: Tensor;
  /** Keep the graph for another backward pass. Default false: it is freed. */
  retainGraph?: boolean;
}

/** See `Tensor.backward`. */
export function backward(loss: Tensor, options: BackwardOptions): void {
  checkOptions("backward", options);
  const { gradient, retainGraph = false } = options;
  if (gradient !== undefined) checkTensor("backward", "the gradient", gradient);
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
    const start = empty(loss.shape); // a copy: the caller may change the gradient in place
    if (gradient) write(start).set(read(gradient));
    else write(start).fill(1);
    const pending = new Pending();
    pending.add(loss.node ?? loss, start);
    const nodes = loss.node ? nodesFrom(loss.node) : [];
    try {
      for (const node of nodes) step(node, pending);
    } finally {
      pending.disown();
    }
    const taken = new Set<Storage>();
    for (const [leaf, grad] of pending.leaves()) {
      if (!leaf.requiresGrad) continue; // frozen since it was used
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
