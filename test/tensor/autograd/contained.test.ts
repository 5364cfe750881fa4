import { beforeEach, describe, expect, test } from "vitest";
import { memoryUse, setMemoryBudget } from "../../../lib/kernels/memory.js";
import { contained } from "../../../lib/tensor/autograd.js";
import {
  add,
  gelu,
  Generator,
  matmul,
  mul,
  noGrad,
  randn,
  reshape,
  slice,
  sum,
  type Tensor,
} from "../../../lib/tensor/index.js";
import type { X } from "../layouts.js";

const SIZE = 64;
const BLOCK = SIZE * SIZE * 4;
const matrix = (seed: number): X => Object.assign(randn([SIZE, SIZE], new Generator(seed)), { requiresGrad: true });
/** Several intermediate tensors. */
const layer = (x: X, w: X): X => add(gelu(matmul(gelu(x), w)), x);
const keep = (x: Tensor): Tensor[] => [x];
const numbersOf = (x: Tensor | null): unknown => x?.toTypedArray();
const live = (): number => memoryUse().liveBytes;

beforeEach(() => void setMemoryBudget(512 * 1024 * 1024));

describe("contained", () => {
  test("changes no number and no gradient", () => {
    const results = [false, true].map((on) => {
      const [x, w] = [matrix(1), matrix(2)];
      const y = on ? contained(() => layer(layer(x, w), w), keep) : layer(layer(x, w), w);
      y.backward({ gradient: matrix(3) });
      return [y, x.grad!, w.grad!].map((t) => t.toTypedArray());
    });
    expect(results[1]).toEqual(results[0]);
  });

  test("recycles what was made inside once the graph is freed, without the garbage collector", () => {
    const [x, w] = [matrix(1), matrix(2)];
    const before = live();
    const y = contained(() => layer(layer(x, w), w), keep);
    expect(live() - before).toBeGreaterThan(7 * BLOCK);
    sum(y).backward();
    // What stays: y, the gradients of x and w, and two numbers.
    expect(live() - before).toBeLessThan(4 * BLOCK);
  });

  test("recycles at once where nothing is recorded", () => {
    const [x, w] = [matrix(1), matrix(2)];
    const before = live();
    const y = noGrad(() => contained(() => layer(layer(x, w), w), keep));
    expect(live() - before).toBe(BLOCK);
    expect(y.toTypedArray().every(Number.isFinite)).toBe(true);
  });

  test("keeps a result that is a view, and what was there before", () => {
    const [x, w] = [matrix(1), matrix(2)];
    const y = noGrad(() => contained(() => slice(reshape(layer(x, w), [-1]), 0, 3, 9), keep));
    const want = noGrad(() => layer(x, w))
      .toTypedArray()
      .slice(3, 9);
    for (let i = 0; i < 20; i++) matrix(i);
    expect(y.toTypedArray()).toEqual(want);
  });

  test("inside another: only what the outer one keeps stays", () => {
    const [x, w] = [matrix(1), matrix(2)];
    const before = live();
    const y = noGrad(() =>
      contained(
        () =>
          layer(
            contained(() => layer(x, w), keep),
            w,
          ),
        keep,
      ),
    );
    expect(live() - before).toBe(BLOCK);
    expect(y.toTypedArray()).toEqual(noGrad(() => layer(layer(x, w), w)).toTypedArray());
  });

  test("inside another, with a graph: freed once, and the gradients are right", () => {
    const grads = [false, true].map((on) => {
      const [x, w] = [matrix(1), matrix(2)];
      const inner = (v: X): X => (on ? contained(() => layer(v, w), keep) : layer(v, w));
      const y = on ? contained(() => inner(inner(x)), keep) : inner(inner(x));
      sum(y).backward();
      return w.grad?.toTypedArray();
    });
    expect(grads[1]).toEqual(grads[0]);
  });

  test("with a whole training step inside: the grads that are dropped leave nothing behind", () => {
    const [x, w] = [matrix(1), matrix(2)];
    const step = (): number =>
      contained(
        () => {
          const loss = sum(layer(x, w));
          const value = loss.item();
          loss.backward();
          x.grad = w.grad = null;
          return value;
        },
        () => [],
      );
    const first = step();
    const before = live();
    for (let i = 0; i < 20; i++) expect(step()).toBe(first);
    expect(live()).toBe(before);
  });

  test("says that the graph was freed when backward runs twice", () => {
    const [x, w] = [matrix(1), matrix(2)];
    const loss = sum(contained(() => layer(x, w), keep));
    loss.backward();
    expect(() => loss.backward()).toThrow(/^backward: the graph of sum \[\] was freed by an earlier backward/);
  });

  test("of two results that share their graph, the second says that the graph was freed with the first", () => {
    const [x, w] = [matrix(1), matrix(2)];
    const [a, b] = contained(
      () => {
        const y = layer(x, w);
        return [sum(y), sum(mul(y, y))];
      },
      (results) => results,
    );
    a.backward();
    expect(() => b.backward()).toThrow(/was freed by an earlier backward; pass { retainGraph: true } to that one$/);
  });

  test("with retainGraph keeps everything for the second backward", () => {
    const [x, w] = [matrix(1), matrix(2)];
    const loss = sum(contained(() => layer(x, w), keep));
    loss.backward({ retainGraph: true });
    const once = w.grad!.toTypedArray();
    loss.backward();
    expect(Array.from(w.grad!.toTypedArray())).toEqual(Array.from(once, (v) => Math.fround(2 * v)));
  });

  test("passes an error on, and later runs are as if nothing had happened", () => {
    const [x, w] = [matrix(1), matrix(2)];
    const gradOf = (y: X): unknown => {
      w.grad = null;
      sum(y).backward();
      return numbersOf(w.grad);
    };
    const leaked: X[] = [];
    const fails = (): unknown =>
      contained(
        () => {
          leaked.push(layer(x, w));
          throw new Error("inside");
        },
        () => [],
      );
    expect(fails).toThrow("inside");
    // What the failed body leaked is still whole, and can still be differentiated.
    expect(leaked[0].toTypedArray()).toEqual(noGrad(() => layer(x, w)).toTypedArray());
    const grad = gradOf(leaked[0]);
    expect(grad).toBeDefined();
    expect(gradOf(contained(() => layer(x, w), keep))).toEqual(grad);
  });
});
