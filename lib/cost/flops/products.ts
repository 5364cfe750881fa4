/** The matrix products of a model: each weight with how many multiply-adds one token makes with it. */

import { type Account, type Kind, type Tensor, tensors } from "../account.js";

export interface Product {
  readonly kind: Kind;
  readonly tensor: Tensor;
  /** Multiply-adds of one token, in all layers. */
  readonly products: number;
  readonly per: Tensor["per"];
}

/** All of them; the head comes once more where it is the embedding again. */
export function productsOf(counted: Account): Product[] {
  const all = tensors(counted.tree);
  const own = all
    .filter(({ uses }) => uses > 0n)
    .map((tensor): Product => {
      const { part, uses, per } = tensor;
      return { kind: part.kind ?? "other", tensor, per, products: Number(uses * numbersOf(tensor)) };
    });
  const table = counted.tied ? headTable(all) : undefined;
  if (!table) return own;
  return [...own, { kind: "head", tensor: table, per: "text", products: Number(numbersOf(table)) }];
}

/** The embedding that a tied head is: of two sides, the writing one's. */
export const headTable = (all: readonly Tensor[]): Tensor | undefined => {
  const tables = all.filter(({ part }) => part.kind === "embedding" && part.shape?.length === 2);
  return tables.find(({ module }) => module.startsWith("decoder.")) ?? tables[0];
};

const numbersOf = ({ total, copies }: Tensor): bigint => total / copies;
