// The part of `npm run bench` on the render engine; docs/benchmark.md says what it measures.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { forNode } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = new URL('../dist/', import.meta.url);
/** How many charts and kustomizations are timed, when there are so many that render. */
const most = { chart: 60, overlay: 400 };
/** Minor number of the Kubernetes version that everything is rendered for. */
const kubernetesMinor = 35;
/** Milliseconds: a benchmark waits for what a run would give up. */
const deadlineMs = 300_000;
const starts = 5;
/** What an engine that is ready answers at once. */
const noKustomization = { op: 'kustomize', root: '.', files: [] };

/**
 * @typedef {object} Options
 * @property {readonly string[]} charts Directories whose charts are timed.
 * @property {readonly string[]} kustomizations Directories whose kustomizations are timed.
 * @property {string} bin Directory with `helm` and `kubectl`.
 * @property {number} runs
 *
 * @typedef {object} Tools What bench.mjs has for its other part.
 * @property {(argv: string[], cwd: string, scratch: string, hasGnuTime: boolean) => Promise<{ wall: number, cpu: number, memory: number, crash: string | undefined }>} runCall
 * @property {(numbers: readonly number[]) => number} median
 * @property {(rows: readonly string[][]) => void} printTable
 * @property {string} scratch
 * @property {boolean} hasGnuTime
 *
 * @typedef {object} Timed A chart with its default values, or an overlay: what the product asks the engine for it.
 * @property {string} tree
 * @property {string} directory In the tree.
 * @property {readonly object[]} requests Several when the first answers named files that were missing.
 */

/** @param {Options} options @param {Tools} tools */
export async function benchEngine({ charts, kustomizations, bin, runs }, tools) {
  const { runCall, median, printTable, scratch, hasGnuTime } = tools;
  const { library, file } = await bundle(scratch);
  const pool = () => new MeasuredPool(library);

  console.log('\nStart on one worker until it has answered that there is no kustomization; fresh processes');
  printTable([
    ['', 'median ms', '(min-max)'],
    ['engine', ...startTimes(file, median)],
  ]);

  const native = buildNative(scratch);
  if (native === undefined) console.log('native: there is no Go, so it is left out');
  const programs = { chart: join(resolve(bin), 'helm'), overlay: join(resolve(bin), 'kubectl') };
  for (const [kind, directories] of /** @type {const} */ ([
    ['chart', charts],
    ['overlay', kustomizations],
  ])) {
    if (directories.length === 0) continue;
    const spawned = (/** @type {Timed} */ one) => spawnReal(programs[kind], kind, one, scratch);
    const chosen = await choose(kind, directories, library, pool(), spawned);
    console.log(
      `\n${chosen.length} of kind ${kind} that render; medians of ${runs} runs, each with a new worker`,
    );
    /** @type {Map<string, number[][]>} Milliseconds by run and target. */
    const times = new Map();
    const note = (/** @type {string} */ name, /** @type {number} */ run, /** @type {number} */ ms) => {
      const all = times.get(name) ?? [];
      times.set(name, all);
      all[run] = [...(all[run] ?? []), ms];
    };
    const memory = [];
    for (let run = 0; run < runs; run++) {
      const engine = pool();
      const peer = native === undefined ? undefined : new Native(native, library.encodeRequest);
      // The start has its own figure.
      await engine.ask(noKustomization);
      for (const one of chosen) {
        note('engine', run, await timed(() => askAll(engine, one.requests)));
        if (peer) note('native', run, await timed(() => askAll(peer, one.requests)));
        note('spawned', run, await timed(async () => spawned(one)));
      }
      // By now warm: what tracing costs is a matter of the code, not of compiling it.
      for (const [index, one] of chosen.entries())
        for (const name of index % 2 === 0 ? ['traced', 'untraced'] : ['untraced', 'traced']) {
          const requests = one.requests.map((request) => ({ ...request, noTrace: name === 'untraced' }));
          note(name, run, await timed(() => askAll(engine, requests)));
        }
      memory.push(`${(engine.peakBytes / 1e6).toFixed(0)} MB, ${engine.workers - 1} replaced`);
      await engine.close();
      peer?.close();
    }
    printTimes(times, chosen, {
      ...tools,
      program: kind === 'chart' ? 'helm template' : 'kubectl kustomize',
    });
    console.log(`memory of the instance after each run: ${memory.join('; ')}`);
  }

  console.log('\nplimsoll check of whole repositories');
  const rows = [['', 'targets', 'wall s', 'CPU s', 'CPU / wall', 'peak MB']];
  for (const directory of new Set([...charts, ...kustomizations])) {
    const tree = resolve(directory);
    const argv = [process.execPath, fileURLToPath(new URL('cli.js', dist)), 'check', '.', '--format', 'json'];
    const targets = (await targetsOf(library, tree)).targets.length;
    const { wall, cpu, memory, crash } = await runCall(argv, tree, scratch, hasGnuTime);
    const numbers = [wall.toFixed(1), cpu.toFixed(1), (cpu / wall).toFixed(2), (memory / 1e6).toFixed(0)];
    rows.push([`${directory}${crash ? ' (broke off)' : ''}`, String(targets), ...numbers]);
  }
  printTable(rows);
}

/** The parts of the product that ask the engine, as a module that Node 20 can load. @param {string} scratch */
async function bundle(scratch) {
  const parts = [
    'config/settings',
    'discover/builds',
    'files/disk',
    'render/engine/load',
    'render/engine/pool',
    'render/engine/wire',
    'render/render',
  ];
  const file = join(scratch, 'engine.mjs');
  await build({
    absWorkingDir: root,
    stdin: {
      contents: parts.map((part) => `export * from './src/${part}.ts';`).join('\n'),
      resolveDir: root,
    },
    outfile: file,
    ...forNode,
  });
  return { library: await import(pathToFileURL(file).href), file };
}

/** @param {string} file The bundle. @param {Tools['median']} median */
function startTimes(file, median) {
  const script = `
    const { createEngine } = await import(${JSON.stringify(pathToFileURL(file).href)});
    const started = performance.now();
    const engine = createEngine(new URL(${JSON.stringify(dist.href)}), { workers: 1 });
    await engine.kustomize(${JSON.stringify(noKustomization)});
    console.log(performance.now() - started);
    await engine.close();`;
  const times = Array.from({ length: starts }, () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '--eval', script])),
  );
  return [median(times).toFixed(0), `(${Math.min(...times).toFixed(0)}-${Math.max(...times).toFixed(0)})`];
}

/** The program that answers the same requests natively, if Go is there. @param {string} scratch */
function buildNative(scratch) {
  if (spawnSync('go', ['version']).status !== 0) return undefined;
  const program = join(scratch, 'native');
  execFileSync(join(root, 'engine/go.sh'), ['build', '-o', program, './cmd/native'], { stdio: 'inherit' });
  return program;
}

/** The product's pool with one worker, and what its worker took. */
class MeasuredPool {
  workers = 0;
  peakBytes = 0;
  #pool;

  /** @param {any} library */
  constructor(library) {
    this.#pool = new library.Pool({
      workers: 1,
      deadlineMs,
      memoryBytes: 400 * 1024 * 1024,
      module: () => library.loadModule(new URL('engine.wasm.br', dist)),
      spawn: (/** @type {WebAssembly.Module} */ workerData) => {
        this.workers++;
        const worker = new Worker(new URL('engine-worker.js', dist), { workerData, env: {} });
        worker.on('message', ({ memoryBytes = 0 }) => {
          this.peakBytes = Math.max(this.peakBytes, memoryBytes);
        });
        return worker;
      },
    });
  }

  /** @param {any} request */
  ask(request) {
    return this.#pool[request.op](request);
  }

  close() {
    return this.#pool.close();
  }
}

/** The same requests and responses over the pipes of engine/cmd/native. */
class Native {
  #child;
  #encode;
  /** @type {Buffer[]} */
  #chunks = [];
  #heard = () => {};

  /** @param {string} program @param {(request: object) => Uint8Array} encode */
  constructor(program, encode) {
    this.#encode = encode;
    this.#child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#heard();
    });
  }

  /** @param {object} request */
  async ask(request) {
    const bytes = this.#encode(request);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(bytes.length);
    this.#child.stdin.write(size);
    this.#child.stdin.write(bytes);
    const received = () => this.#chunks.reduce((sum, { length }) => sum + length, 0);
    const until = async (/** @type {number} */ length) => {
      while (received() < length) await new Promise((done) => (this.#heard = () => done(undefined)));
    };
    await until(4);
    await until(4 + Buffer.concat(this.#chunks).readUInt32LE());
    this.#chunks = [];
  }

  close() {
    this.#child.stdin.end();
  }
}

/** @param {any} library @param {string} directory */
async function targetsOf(library, directory) {
  const tree = await library.openDirectory(directory);
  return library.discoverBuilds(tree, library.resolveSettings({}, { config: {} }, []));
}

/**
 * What both sides can render, in an order that mixes the directories and is the same every time.
 *
 * @param {'chart' | 'overlay'} kind
 * @param {readonly string[]} directories
 * @param {any} library
 * @param {MeasuredPool} engine
 * @param {(one: Timed) => boolean} spawned
 */
async function choose(kind, directories, library, engine, spawned) {
  const candidates = [];
  for (const tree of directories.map((each) => resolve(each))) {
    const { targets, files } = await targetsOf(library, tree);
    for (const target of targets)
      if (target.kind === kind && (kind === 'overlay' || target.values.length === 0))
        candidates.push({ tree, target, files, order: sha1(`${tree}/${target.name}`) });
  }
  candidates.sort((a, b) => (a.order < b.order ? -1 : 1));
  /** @type {Timed[]} */
  const chosen = [];
  for (const { tree, target, files } of candidates) {
    if (chosen.length === most[kind]) break;
    /** @type {object[]} */
    const requests = [];
    const ask = (/** @type {object} */ request) => {
      requests.push(request);
      return engine.ask(request);
    };
    const input = { files, kubernetesMinor, engine: () => ({ helm: ask, kustomize: ask }) };
    const answer = await (kind === 'chart' ? library.askChart : library.askOverlay)(target, input);
    const one = { tree, directory: target.directory, requests };
    if ('ok' in answer && !(answer.ok.left?.length > 0) && spawned(one)) chosen.push(one);
  }
  await engine.close();
  return chosen;
}

/** @param {string} text */
function sha1(text) {
  return createHash('sha1').update(text).digest('hex');
}

/** @param {{ ask(request: object): Promise<unknown> }} engine @param {readonly object[]} requests */
async function askAll(engine, requests) {
  for (const request of requests) await engine.ask(request);
}

/** @param {string} program @param {'chart' | 'overlay'} kind @param {Timed} one @param {string} home */
function spawnReal(program, kind, { tree, directory }, home) {
  const args =
    kind === 'chart'
      ? [
          'template',
          'release-name',
          `./${directory}`,
          '--include-crds',
          '--kube-version',
          `1.${kubernetesMinor}`,
        ]
      : ['kustomize', '--load-restrictor', 'LoadRestrictionsNone', `./${directory}`];
  if (!existsSync(program)) throw new Error(`${program} is not there: give --bin DIR with helm and kubectl`);
  const { status } = spawnSync(program, args, {
    cwd: tree,
    stdio: 'ignore',
    env: { HOME: home },
    timeout: deadlineMs,
  });
  return status === 0;
}

/** @param {() => Promise<unknown>} work @returns {Promise<number>} Milliseconds. */
async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/**
 * @param {ReadonlyMap<string, readonly number[][]>} times
 * @param {readonly Timed[]} chosen
 * @param {Tools & { program: string }} tools
 */
function printTimes(times, chosen, { median, printTable, program }) {
  /** @param {string} name The median of each target over the runs. */
  const each = (name) => chosen.map((_, at) => median((times.get(name) ?? []).map((run) => run[at] ?? 0)));
  const sum = (/** @type {readonly number[]} */ all) => all.reduce((total, one) => total + one, 0);
  const rows = [['', 'sum s', 'median ms', 'p90 ms', 'max ms']];
  for (const name of times.keys()) {
    const all = each(name).sort((a, b) => a - b);
    const p90 = all[Math.floor(all.length * 0.9)] ?? 0;
    const numbers = [median(all), p90, all.at(-1) ?? 0].map((ms) => ms.toFixed(1));
    rows.push([name === 'spawned' ? program : name, (sum(all) / 1000).toFixed(2), ...numbers]);
  }
  printTable(rows);
  for (const [above, below] of [
    ['engine', 'native'],
    ['engine', 'spawned'],
    ['traced', 'untraced'],
  ]) {
    if (!times.has(below)) continue;
    const [a, b] = [each(above), each(below)];
    const ratios = a.map((ms, at) => ms / b[at]);
    console.log(
      `${above} / ${below === 'spawned' ? program : below}: ${(sum(a) / sum(b)).toFixed(2)} in sum, median ` +
        `${median(ratios).toFixed(2)}, largest`,
    );
    const worst = [...ratios.keys()].sort((one, other) => ratios[other] - ratios[one]).slice(0, 5);
    for (const at of worst)
      console.log(
        `  ${ratios[at].toFixed(2)}: ${a[at].toFixed(0)} / ${b[at].toFixed(0)} ms, ${chosen[at].directory} (${at + 1}.)`,
      );
  }
}
