import { Generator, graph, matmul, mean, mul, randn, softmax, sum, transpose } from "../../../../lib/index.js";
import { graphChart } from "../../../../lib/plot/index.js";

// The importance of eight experts, squared: what autograd keeps of it.
const x = randn([32, 64], new Generator(1));
const router = randn([8, 64], new Generator(2));
router.requiresGrad = true;
const importance = mean(softmax(matmul(x, transpose(router, 0, 1)), 1), 0);
const loss = sum(mul(importance, importance));
export const figure = graphChart(graph(loss, { "router.weight": router }));
