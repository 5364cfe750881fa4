// What a newcomer writes, with every entry of the package. It has no type annotation, so that it is plain JavaScript, too: each
// test runs this very text where it can.
import { kernelName, matmul, tensor } from "twinformer";
import { account, formula } from "twinformer/account";
import { expertsTouched } from "twinformer/cost";
import { CharTokenizer, Corpus, tokenizerFiles } from "twinformer/data";
import { twins } from "twinformer/models";
import { effectiveExperts } from "twinformer/moe";
import { display } from "twinformer/notebook";
import { loadChart, lossChart } from "twinformer/plot";
import { loadTokenizer } from "twinformer/tokenizers";
import { generate, train } from "twinformer/train";

export async function program() {
  const counted = account({ model_type: "twinformer", vocabSize: 3, blockSize: 4, nLayer: 1, nHead: 1, dModel: 2 });
  const product = matmul(tensor([[1, 2]]), tensor([[3], [4]])).toArray();
  const corpus = new Corpus("pack my box with five dozen liquor jugs, ".repeat(20));
  const { vocabSize } = corpus.tokenizer;
  const { dense, moe } = twins({ vocabSize, blockSize: 16, nLayer: 1, nHead: 2, dModel: 16 });
  const rows = [];
  for await (const row of train(dense, corpus, { steps: 2, batchSize: 4 })) rows.push(row);
  for await (const row of train(moe, corpus, { steps: 2, batchSize: 4 })) rows.push(row);
  const figures = [lossChart(rows), loadChart(rows)];
  figures.forEach((figure) => display(figure));
  const file = tokenizerFiles(new CharTokenizer("box"))["tokenizer.json"];
  const loaded = await loadTokenizer(new TextEncoder().encode(file));
  return {
    product,
    read: loaded.decode(loaded.encode("box")),
    total: [String(counted.total), String((await formula(counted)).value)],
    kernel: kernelName(),
    losses: rows.map((row) => row.loss),
    touched: expertsTouched(8, 2, 1),
    busy: effectiveExperts(rows[3].load?.[0] ?? []),
    text: generate(moe, corpus.tokenizer, "box", { tokens: 5 }),
    drawn: figures.map((figure) => figure.svg().includes("</svg>")),
  };
}
