import { describe, expect, test } from "vitest";
import {
  add,
  Generator,
  linear,
  matmul,
  mul,
  noGrad,
  randn,
  sum,
  tensor,
  transpose,
  zeros,
} from "../../../lib/tensor/index.js";
import { AdamW } from "../../../lib/train/optim.js";
import type { X } from "../layouts.js";

const leaf = (values: number[] | number[][]): X => tensor(values, { requiresGrad: true });
const SET = "set changed the tensor [2] in place since; call backward before that, or let the op work on a copy";

describe("set overwrites the numbers", () => {
  test("with a list, a tensor, one number", () => {
    const x = zeros([2, 2]);
    expect(x.set([1, 2, 3, 4]).toArray()).toEqual([[1, 2], [3, 4]]); // prettier-ignore
    expect(x.set(transpose(x, 0, 1)).toArray()).toEqual([[1, 3], [2, 4]]); // prettier-ignore
    expect(x.set(7).toArray()).toEqual([[7, 7], [7, 7]]); // prettier-ignore
  });

  test("so that views of it change too, and copies don't", () => {
    const x = tensor([1, 2]);
    const [view, copy] = [x.detach(), add(x, 0)];
    x.set([5, 6]);
    expect([view.toArray(), copy.toArray()]).toEqual([[5, 6], [1, 2]]); // prettier-ignore
  });

  test("but refuses what does not fit, a scattered view, and a tensor in the middle of a graph", () => {
    expect(() => tensor([1, 2]).set([1])).toThrow("set: 1 numbers do not fill [2], which has 2");
    expect(() => transpose(zeros([2, 3]), 0, 1).set(1)).toThrow(
      "set: [3, 2] is a view that does not lie in one piece; change the tensor it shows",
    );
    expect(() => mul(leaf([1, 2]), 2).set(0)).toThrow(
      "set: this tensor [2] was computed by mul and carries a gradient; change what it was computed from, or a detach() of it",
    );
  });
});

describe("backward through an in-place change", () => {
  test("says which op needed the numbers, and who changed them", () => {
    const x = leaf([1, 2]);
    const y = sum(mul(x, x));
    x.set([3, 4]);
    expect(() => y.backward()).toThrow(`backward: mul [2] needs numbers that it saw, but ${SET}`);
    expect(x.grad).toBeNull();
  });

  test("is noticed through a view, a constant and a matmul as well", () => {
    const [x, c] = [leaf([[1, 2]]), tensor([[3], [4]])]; // prettier-ignore
    const y = matmul(x, c);
    c.detach().set(0);
    expect(() => y.backward()).toThrow(
      /^backward: matmul \[1, 1\] needs numbers .+ changed the tensor \[2, 1\] in place/,
    );
    const z = mul(x, x);
    x.detach().set(0);
    expect(() => sum(z).backward()).toThrow(/^backward: mul \[1, 2\] needs/);
  });

  test("is no error where nobody needs the old numbers: a sum, a product with the other side", () => {
    const [x, w] = [leaf([1, 2]), leaf([3, 4])];
    const y = sum(add(x, w));
    x.set([0, 0]);
    y.backward();
    expect(w.grad?.toArray()).toEqual([1, 1]);
    const c = tensor([5, 6]);
    const z = sum(mul(x, c));
    x.set([9, 9]); // the gradient of x is c alone
    z.backward();
    expect(x.grad?.toArray()).toEqual([6, 7]);
  });

  test("nor where the change came before the op, or the gradient was changed before it was passed", () => {
    const x = leaf([1, 2]);
    x.set([3, 4]);
    const y = mul(x, x);
    const gradient = tensor([0, 0]).set([1, 10]);
    y.backward({ gradient });
    expect(x.grad?.toArray()).toEqual([6, 80]);
  });

  test("leaves later passes as they were", () => {
    const x = leaf([1, 2]);
    const stale = sum(mul(x, x));
    x.set([3, 4]);
    expect(() => stale.backward()).toThrow("needs numbers");
    sum(mul(x, x)).backward();
    expect(x.grad?.toArray()).toEqual([6, 8]);
  });

  test("a step of an optimizer is a change, and training goes on", () => {
    const w = Object.assign(randn([2, 3], new Generator(1)), { requiresGrad: true });
    const x = leaf([[1, 2, 3]]);
    const optimizer = new AdamW([w]);
    const loss = sum(linear(x, w as never));
    loss.backward({ retainGraph: true });
    optimizer.step(0.1);
    expect(() => loss.backward()).toThrow(/^backward: linear \[1, 2\] needs .+AdamW\.step changed the tensor \[2, 3\]/);
    optimizer.zeroGrad();
    sum(linear(x, w as never)).backward();
    expect(w.grad?.shape).toEqual([2, 3]);
  });

  test("a change under noGrad counts too", () => {
    const x = leaf([1, 2]);
    const y = sum(mul(x, x));
    noGrad(() => x.set([0, 0]));
    expect(() => y.backward()).toThrow(SET);
  });
});
