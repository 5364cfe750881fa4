import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";
import twinformer from "./scripts/lint/plugin.mjs";

export default defineConfig(
  globalIgnores([
    "dist",
    "build",
    "my-notebooks",
    "kernels",
    ".venv",
    "venv",
    ".twinformer",
    ".jupyter",
    "test/bench/node_modules",
    "test/types/tslab",
    "test/types/*.test-d.ts",
    "**/*.generated.ts",
  ]),
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { twinformer },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // Sizes, losses and steps go into sentences everywhere here.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // `x!` after a check that the compiler cannot follow is clearer than a cast, and indices are not checked anyway.
      "@typescript-eslint/no-non-null-assertion": "off",
      // Indexing is typed as if it always hit (noUncheckedIndexedAccess is off), so this rule would call real checks needless.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // A shape rule names a parameter once to infer it.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/no-empty-function": "off",
      // for-of over a typed array takes several times as long as counting.
      "@typescript-eslint/prefer-for-of": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["lib/**/*.ts"],
    rules: {
      "twinformer/layers": "error",
      "twinformer/seeded-randomness": "error",
      "twinformer/wasm-in-kernels": "error",
    },
  },
  { files: ["lib/kernels/**/*.ts"], rules: { "twinformer/wasm-in-kernels": "off" } },
  {
    files: ["**/*.{js,mjs,cjs}"],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
      "@typescript-eslint/no-dynamic-delete": "off",
      "@typescript-eslint/no-empty-function": "off",
      "@typescript-eslint/no-require-imports": "off",
    },
  },
);
