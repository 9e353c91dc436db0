/**
 * Times all rules against reading and parsing what they look at, and each rule as the number of objects grows: on a
 * generated tree, in this process. docs/benchmark.md says how to read the table.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { gitOpsTree } from './bench-tree.mjs';
import { forNode } from './bundle.mjs';

/** Files of the generated trees; one has 1.2 objects on average. */
const SIZES = [1_000, 10_000, 42_000];
const SLOWEST = 12;

/**
 * @param {number} runs How often each size is run; the fastest run counts.
 * @param {string} scratch Directory for the bundled sources.
 */
export async function benchRules(runs, scratch) {
  const source = await load(join(scratch, 'rules.mjs'));
  const results = [];
  for (const files of SIZES) {
    const tree = source.memoryTree(Object.fromEntries(gitOpsTree(files)));
    let best;
    for (let run = 0; run < runs; run++) {
      const result = await measure(source, tree);
      if (best === undefined || result.rules < best.rules) best = result;
    }
    results.push(best);
    const { objects, parsing, rules } = best;
    console.log(
      `${objects} objects: read and parsed in ${ms(parsing)}, all ${source.rules.length} rules in ${ms(rules)}, rules / parsing ${(rules / parsing).toFixed(2)}`,
    );
  }
  const [small, , large] = results;
  const growth = large.objects / small.objects;
  console.log(
    `\nThe slowest rules at ${large.objects} objects, ${growth.toFixed(0)} times those of the first tree:`,
  );
  const slowest = [...large.byRule].sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
  for (const [id, time] of slowest) {
    const before = small.byRule.get(id) ?? 0;
    console.log(
      `  ${id.padEnd(42)} ${ms(time).padStart(8)}, ${(time / before).toFixed(0).padStart(4)} times`,
    );
  }
}

/** What is timed, bundled from the sources. */
async function load(outfile) {
  const entry = [
    "export { resolveSettings } from './src/config/settings.ts';",
    "export { memoryTree } from './src/files/memory.ts';",
    "export { loadSchemas } from './src/kubernetes/schema/index.ts';",
    "export { inventories } from './src/render/inventories.ts';",
    "export { renderTree } from './src/render/render-tree.ts';",
    "export { rules, ruleIds } from './src/rules/index.ts';",
    "export { runRules } from './src/rules/run.ts';",
  ];
  await build({
    ...forNode,
    stdin: { contents: entry.join('\n'), resolveDir: '.' },
    outfile,
    define: { PLIMSOLL_VERSION: '"0.0.0"' },
  });
  return import(pathToFileURL(outfile).href);
}

/** Milliseconds for reading and parsing a tree, for all rules, and for each. */
async function measure(source, tree) {
  const settings = source.resolveSettings({}, { config: {} }, source.ruleIds);
  const engine = () => {
    throw new Error('the generated tree has no charts');
  };
  const start = performance.now();
  const { builds, applied } = await source.renderTree(tree, { settings, path: '.', engine });
  const parsed = performance.now();
  const manifests = applied.flatMap((target) => target.manifests);
  const schemas = await source.loadSchemas(manifests);
  const byRule = new Map();
  const rules = source.rules.map((rule) => ({
    ...rule,
    check(context) {
      const from = performance.now();
      rule.check(context);
      byRule.set(rule.id, (byRule.get(rule.id) ?? 0) + performance.now() - from);
    },
  }));
  const from = performance.now();
  const { failures } = source.runRules({
    rules,
    manifests,
    inventoryOf: source.inventories(applied, []),
    schemas,
    paths: builds.files,
    kubernetesMinor: settings.kubernetesMinor,
    options: new Map(),
  });
  if (failures.length > 0) throw new Error(`${failures[0].rule.id} broke`, { cause: failures[0].error });
  return { objects: manifests.length, parsing: parsed - start, rules: performance.now() - from, byRule };
}

const ms = (time) => `${time.toFixed(0)} ms`;
