/**
 * Times all rules against reading and parsing what they look at, and each rule as the number of objects grows: on a
 * generated tree, in this process. docs/benchmark.md says how to read the table.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parseAllDocuments } from 'yaml';
import { gitOpsTree } from './bench-tree.mjs';
import { forNode } from './bundle.mjs';

/** Files of the generated trees; one has 1.2 objects on average. */
const SIZES = [1_000, 10_000, 42_000];
const SLOWEST = 12;
/** How much more than the objects the time of a rule may grow. */
const LINEAR = 1.3;
/** Milliseconds: in less, the pauses for garbage and for other processes weigh more than the rule. */
const MEASURABLE = 300;

/**
 * @param {number} runs How often each size is run; the fastest run counts.
 * @param {string} scratch Directory for the bundled sources.
 */
export async function benchRules(runs, scratch) {
  const source = await load(join(scratch, 'rules.mjs'));
  source.tuneOptimizer();
  const results = [];
  for (const files of SIZES) {
    const tree = source.memoryTree(Object.fromEntries(gitOpsTree(files)));
    let best;
    for (let run = 0; run < runs; run++) best = fastest(best, await measure(source, tree));
    results.push(best);
    const { objects, parsing, rules } = best;
    console.log(
      `${objects} objects: CPU ${ms(parsing)} to read and parse, ${ms(rules)} for all ${source.rules.length} rules, rules / parsing ${(rules / parsing).toFixed(2)}`,
    );
  }
  const texts = [...gitOpsTree(SIZES[1]).values()];
  const fully = cpuOf(() => texts.forEach((text) => void source.parseFully(text)));
  const byPackage = cpuOf(() =>
    texts.forEach((text) => void parseAllDocuments(text).map((each) => each.toJS())),
  );
  const [, middle, large] = results;
  console.log(
    `\nParsers for all of YAML, on the files of the ${middle.objects} objects: ${ms(fully)} by the one for files that are not simple, ${ms(byPackage)} by the package yaml`,
  );
  const growth = large.objects / middle.objects;
  const rows = [...large.byRule].map(([id, time]) => {
    const times = time / (middle.byRule.get(id) ?? 0);
    return { time, times, text: `  ${id.padEnd(42)} ${ms(time).padStart(8)}, ${times.toFixed(1)} times` };
  });
  const print = (title, some) =>
    console.log(
      [`\n${title}:`, ...(some.length === 0 ? ['  none'] : some.map(({ text }) => text))].join('\n'),
    );
  rows.sort((a, b) => b.time - a.time);
  const compared = `at ${large.objects} objects, and how many times that of ${middle.objects} it is`;
  print(`The slowest rules, time ${compared} (objects: ${growth.toFixed(1)} times)`, rows.slice(0, SLOWEST));
  print(
    `Rules that grow over ${LINEAR} times as much as the objects`,
    rows.filter(({ time, times }) => time >= MEASURABLE && times > LINEAR * growth),
  );
}

/** The less of each figure of two runs. */
function fastest(one, other) {
  if (one === undefined) return other;
  return {
    objects: one.objects,
    parsing: Math.min(one.parsing, other.parsing),
    rules: Math.min(one.rules, other.rules),
    byRule: new Map([...one.byRule].map(([id, time]) => [id, Math.min(time, other.byRule.get(id) ?? time)])),
  };
}

/** What is timed, bundled from the sources. */
async function load(outfile) {
  const entry = [
    "export { resolveSettings } from './src/config/settings.ts';",
    "export { tuneOptimizer } from './src/optimizer.ts';",
    "export { memoryTree } from './src/files/memory.ts';",
    "export { loadSchemas } from './src/kubernetes/schema/index.ts';",
    "export { inventories } from './src/render/inventories.ts';",
    "export { renderTree } from './src/render/render-tree.ts';",
    "export { rules, ruleIds } from './src/rules/index.ts';",
    "export { runRules } from './src/rules/run.ts';",
    "export { parseFully } from './src/yaml/parse.ts';",
  ];
  await build({
    ...forNode,
    stdin: { contents: entry.join('\n'), resolveDir: '.' },
    outfile,
    define: { PLIMSOLL_VERSION: '"0.0.0"' },
  });
  return import(pathToFileURL(outfile).href);
}

/**
 * CPU milliseconds, those of V8's own threads included, for reading and parsing a tree and for all rules; and for each rule
 * the time that passes in it, from a second pass, as asking for both so often would cost more than many a rule.
 */
async function measure(source, tree) {
  const settings = source.resolveSettings({}, { config: {} }, source.ruleIds);
  const engine = () => {
    throw new Error('the generated tree has no charts');
  };
  const start = process.cpuUsage();
  const { builds, applied } = await source.renderTree(tree, { settings, path: '.', engine });
  const parsing = cpuSince(start);
  const manifests = applied.flatMap((target) => target.manifests);
  const schemas = await source.loadSchemas(manifests);
  const run = (rules) => {
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
  };
  const from = process.cpuUsage();
  run(source.rules);
  const rules = cpuSince(from);
  const byRule = new Map();
  const timed = source.rules.map((rule) => ({
    ...rule,
    check(context) {
      const before = performance.now();
      rule.check(context);
      byRule.set(rule.id, (byRule.get(rule.id) ?? 0) + performance.now() - before);
    },
  }));
  run(timed);
  return { objects: manifests.length, parsing, rules, byRule };
}

/** @param {() => void} work */
function cpuOf(work) {
  const start = process.cpuUsage();
  work();
  return cpuSince(start);
}

function cpuSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const ms = (time) => `${time.toFixed(0)} ms`;
