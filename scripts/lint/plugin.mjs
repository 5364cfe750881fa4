// ESLint rules of this project alone: what the architecture asks for and no ready-made rule knows.
import path from "node:path";
import { root } from "../setup/run.mjs";
import { layerProblem } from "./layers.mjs";

const inLib = (context) => path.relative(path.join(root, "lib"), context.filename).split(path.sep).join("/");

const layers = {
  meta: { type: "problem", docs: { description: "lib/ is layered: imports follow the arrows" }, schema: [] },
  create(context) {
    const file = inLib(context);
    const check = (node) => {
      const source = node.source ?? node.argument; // `import("x").T`, as a type, has an argument
      const specifier = source?.value ?? source?.literal?.value;
      if (typeof specifier !== "string") return;
      const message = layerProblem(file, specifier);
      if (message) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: (node) => node.source && check(node),
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    };
  },
};

const seededRandomness = {
  meta: { type: "problem", docs: { description: "a run can be repeated from its seed" }, schema: [] },
  create(context) {
    return {
      "MemberExpression[object.name='Math'][property.name='random'], MemberExpression[object.name='Math'][property.value='random']"(
        node,
      ) {
        context.report({ node, message: "Math.random cannot be seeded: take a Generator of lib/tensor/random.ts" });
      },
    };
  },
};

const wasmInKernels = {
  meta: { type: "problem", docs: { description: "one folder knows WebAssembly" }, schema: [] },
  create(context) {
    const report = (node) =>
      context.report({ node, message: "only lib/kernels knows WebAssembly: call what lib/kernels/index.ts exports" });
    return { "Identifier[name='WebAssembly']": report };
  },
};

export default {
  meta: { name: "twinformer" },
  rules: { layers, "seeded-randomness": seededRandomness, "wasm-in-kernels": wasmInKernels },
};
