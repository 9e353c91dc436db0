// Proves origins on charts and kustomizations that lie outside the repository: changes one line, lets the real helm or
// kubectl say that it takes effect, and looks whether the finding is on that line.
//
//   node scripts/plant.mjs --bin DIR --charts DIR... | --kustomizations REPOSITORY...
//     [--targets N] [--each N] [--seed N] [--verbose]
//
// At most N targets of each repository and N plantings in each target.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { forNode } from './bundle.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values: options } = parseArgs({
  options: {
    bin: { type: 'string' },
    charts: { type: 'string', multiple: true, default: [] },
    kustomizations: { type: 'string', multiple: true, default: [] },
    targets: { type: 'string', default: '1000000' },
    each: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});

const scratch = mkdtempSync(join(tmpdir(), 'plimsoll-plant-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const {
  plantingsOf,
  inTurn,
  openDirectory,
  openFiles,
  discoverBuilds,
  resolveSettings,
  generator,
  score,
  constructOf,
  checkPlanting,
  engine,
} = await load();
const random = generator(Number(options.seed));

const figures = new Map();
const count = (construct, result) => {
  const row = figures.get(construct) ?? {};
  row[result] = (row[result] ?? 0) + 1;
  figures.set(construct, row);
};

let targets = 0;
for (const directory of options.charts) {
  const tree = await openDirectory(directory);
  const discovery = await discoverBuilds(tree, resolveSettings({}, { config: {} }, []));
  const target = discovery.targets.find(
    (each) => each.kind === 'chart' && each.directory === '.' && each.values.length === 0,
  );
  if (target === undefined) continue;
  const copy = join(scratch, `chart-${targets}`);
  cpSync(directory, copy, { recursive: true });
  const oracle = () => run('helm', ['template', 'release-name', copy, '--include-crds', '-n', 'default']);
  if (oracle() !== undefined) {
    targets++;
    await plantAll(directory, tree, target, oracle, copy);
  }
  rmSync(copy, { recursive: true, force: true });
}
for (const repository of options.kustomizations) {
  const whole = await openDirectory(repository);
  const discovery = await discoverBuilds(whole, resolveSettings({}, { config: {} }, []));
  const overlays = shuffled(discovery.targets.filter(({ kind }) => kind === 'overlay'));
  const before = targets;
  for (const target of overlays) {
    if (targets === before + Number(options.targets)) break;
    const copy = join(scratch, `overlay-${targets}`);
    for (const file of target.files) cpSync(join(repository, file), join(copy, file), { recursive: true });
    const oracle = () => run('kubectl', ['kustomize', '--enable-helm', join(copy, target.directory)]);
    if (oracle() !== undefined) {
      targets++;
      await plantAll(repository, openFiles(repository, target.files), target, oracle, copy);
    }
    rmSync(copy, { recursive: true, force: true });
  }
}
print();
await engine.close();

async function plantAll(directory, tree, target, oracle, copy) {
  const read = (file) => readFileSync(join(directory, file), 'utf8');
  const wanted = Number(options.each);
  let done = 0;
  for (const planting of inTurn(plantingsOf(target, read), random)) {
    if (done === wanted) break;
    const place = join(copy, planting.file);
    const before = readFileSync(place);
    writeFileSync(place, planting.text);
    const output = oracle();
    writeFileSync(place, before);
    if (output === undefined || !output.includes(planting.marker)) continue;
    done++;
    const { findings, problems } = await checkPlanting(tree, planting, engine);
    const result = problems !== undefined ? 'not rendered' : score(planting, findings, read);
    const construct = constructOf(planting, findings, read);
    count(construct, result);
    if (options.verbose || result !== 'primary') {
      console.log(
        `${result}: ${construct} ${join(directory, planting.file)}:${planting.line} [${target.name}] ${problems ?? ''}`,
      );
      if (result !== 'primary')
        for (const { location: at, related, pointer, object } of findings.slice(0, 3))
          console.log(
            `    ${object?.kind}/${object?.name}${pointer} -> ${at.file}:${at.line} ${at.role} ${at.precision}; ${related.map((each) => `${each.file}:${each.line}`).join(' ')}`,
          );
    }
  }
}

function run(program, args) {
  const { status, stdout } = spawnSync(join(options.bin, program), args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { PATH: options.bin, HOME: scratch },
  });
  return status === 0 ? stdout : undefined;
}

function shuffled(list) {
  const rest = [...list];
  const result = [];
  while (rest.length > 0) result.push(...rest.splice(random(rest.length), 1));
  return result;
}

function print() {
  const results = ['primary', 'related', 'wrong', 'wrong but exact', 'no effect', 'not rendered'];
  const total = {};
  for (const [construct, row] of [...figures].sort()) {
    console.log(construct.padEnd(26), results.map((name) => `${name} ${row[name] ?? 0}`).join('  '));
    for (const name of results) total[name] = (total[name] ?? 0) + (row[name] ?? 0);
  }
  const all = Object.values(total).reduce((sum, each) => sum + each, 0);
  const part = (number) => `${((100 * number) / Math.max(all, 1)).toFixed(1)} %`;
  console.log(
    `${targets} targets, ${all} plantings: primary ${part(total.primary)}, primary or related ${part(total.primary + total.related)}, wrong but exact ${total['wrong but exact']}`,
  );
}

async function load() {
  const outfile = join(scratch, 'plant.mjs');
  await build({
    absWorkingDir: root,
    stdin: {
      contents: `
        export { plantingsOf, inTurn } from './test/planting/plant.ts';
        export { score, constructOf, checkPlanting } from './test/planting/score.ts';
        export { generator } from './test/random.ts';
        export { openDirectory, openFiles } from './src/files/disk.ts';
        export { discoverBuilds } from './src/discover/builds.ts';
        export { resolveSettings } from './src/config/settings.ts';
        export { loadModule } from './src/render/engine/load.ts';
        export { inProcessEngine } from './src/render/engine/in-process.ts';
      `,
      resolveDir: root,
    },
    outfile,
    ...forNode,
  });
  const module = await import(pathToFileURL(outfile).href);
  return {
    ...module,
    engine: module.inProcessEngine(await module.loadModule(pathToFileURL(join(root, 'dist/engine.wasm.br')))),
  };
}
