/** Memory of a backward pass: the gradients in progress, and which of their blocks can be used again. */

import { scope, settle, type Storage } from "../../kernels/memory.js";
import type { Node } from "../autograd.js";
import { isTensor } from "../check.js";
import { plus } from "../spans.js";
import type { Tensor } from "../tensor.js";

/** Gradients of nodes and leaves that the pass has not reached yet. It owns the storages that only this pass has seen, and recycles
 *  each as soon as its last gradient is used up. */
export class Pending {
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
    return [...this.#of].filter((entry): entry is [Tensor, Tensor] => isTensor(entry[0]));
  }

  /** True for a gradient that was made in this pass, so that nobody else reads it. */
  owns(gradient: Tensor): boolean {
    return this.#ours.has(gradient.storage);
  }

  /** Releases ownership: the remaining storages now belong to the leaves. */
  disown(): void {
    settle(this.#ours);
  }
}
