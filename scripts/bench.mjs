/**
 * `npm run bench [-- --runs N] [--kubeconform-schemas DIR] [dir…]`: times `dist/cli.js check` and the peers on PATH
 * side by side on the same trees.
 * `npm run bench -- [--runs N] [--charts DIR]… [--kustomizations DIR]… --bin DIR`: times the render engine.
 * `npm run bench -- --rules`: times all rules against parsing, and each rule as the number of objects grows.
 * docs/benchmark.md says how to read the tables.
 */

import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { delimiter, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchEngine } from './bench-engine.mjs';
import { benchRules } from './bench-rules.mjs';
import { gitOpsTree, oneFileTree } from './bench-tree.mjs';

/** Bytes of arguments in one call, below the limit of Linux (2 MiB with the environment) and of macOS (1 MiB). */
const ARGUMENT_BYTES = 900_000;
/** Milliseconds between two looks into /proc where GNU time is absent. */
const POLL_INTERVAL = 5;
/** Seconds: a tool whose first run takes longer is not run again on that tree. */
const SLOW = 30;
/** A clock tick of /proc/PID/stat in seconds: USER_HZ, 100 on every platform that Node runs on. */
const CLOCK_TICK = 0.01;
const GNU_TIME = '/usr/bin/time';
const OURS = 'plimsoll';

/**
 * A tree on disk that the tools read.
 *
 * @typedef {object} Tree
 * @property {string} directory
 * @property {number} files
 * @property {number} bytes
 * @property {number} objects YAML documents and JSON files with `apiVersion` and `kind` at the top.
 * @property {string[]} manifests Paths, relative to the directory, of the YAML files with at least one object.
 */

/**
 * A tool that is compared.
 *
 * @typedef {object} Tool
 * @property {string} name
 * @property {string[]} command The program and its first arguments.
 * @property {string[]} version Arguments that print the version.
 * @property {string} does What it does with the tree, so that nobody compares unlike work unawares.
 * @property {(tree: Tree) => string[][]} calls The arguments of each call that one run consists of.
 */

/**
 * What one run cost, all its calls together.
 *
 * @typedef {object} Cost
 * @property {number} wall Seconds.
 * @property {number} cpu Seconds in user and kernel mode; NaN where the platform does not tell.
 * @property {number} memory Largest resident set of a call, in bytes; NaN where the platform does not tell.
 * @property {string | undefined} crash Why this is not a complete run.
 */

/** @param {string} name @returns {string | undefined} */
function findOnPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

/**
 * The paths in as few lists as the limit on arguments allows.
 *
 * @param {readonly string[]} paths
 * @returns {string[][]}
 */
function chunksOf(paths) {
  /** @type {string[][]} */
  const chunks = [[]];
  let bytes = 0;
  for (const path of paths) {
    const cost = Buffer.byteLength(path) + 1 + 8; // the string, its NUL and the pointer to it
    if (bytes + cost > ARGUMENT_BYTES) {
      chunks.push([]);
      bytes = 0;
    }
    chunks[chunks.length - 1].push(path);
    bytes += cost;
  }
  return chunks;
}

/**
 * @param {string | undefined} schemas Directory of JSON schemas for kubeconform.
 * @returns {Tool[]} Ours first.
 */
function allTools(schemas) {
  const location = `${resolve(schemas ?? 'no-schemas')}/{{.ResourceKind}}{{.KindSuffix}}.json`;
  const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
  return [
    {
      name: OURS,
      command: [process.execPath, cli],
      version: ['--version'],
      does: 'schemas and rules',
      calls: () => [['check', '.', '--format', 'json']],
    },
    {
      name: 'kube-linter',
      command: ['kube-linter'],
      version: ['version'],
      does: 'rules, its default ones; renders charts and overlays',
      calls: () => [['lint', '.', '--format', 'json']],
    },
    {
      name: 'kubeconform',
      command: ['kubeconform'],
      version: ['-v'],
      does: schemas
        ? 'schemas only, no rules; kinds without a schema are skipped'
        : 'no --kubeconform-schemas given: reads the YAML and checks NOTHING',
      calls: () => [
        ['-schema-location', location, '-ignore-missing-schemas', '-output', 'json', '-summary', '.'],
      ],
    },
    {
      name: 'kube-score',
      command: ['kube-score'],
      version: ['version'],
      does: 'rules, its default ones; has no walk, so it gets the list of YAML files; a bad file ends it',
      calls: ({ manifests }) =>
        chunksOf(manifests).map((paths) => ['score', '--output-format', 'json', ...paths]),
    },
    {
      name: 'polaris',
      command: ['polaris'],
      version: ['version'],
      does: 'rules, its default ones',
      calls: () => [['audit', '--audit-path', '.', '--format', 'json']],
    },
  ];
}

/**
 * Reads the whole tree once, which also brings it into the page cache before the first run.
 *
 * @param {string} directory
 * @returns {Tree}
 */
function readTree(directory) {
  const tree = { directory, files: 0, bytes: 0, objects: 0, manifests: /** @type {string[]} */ ([]) };
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  for (const file of files.sort()) {
    const path = relative(directory, file);
    if (path.split(/[\\/]/).includes('.git')) continue;
    const text = readFileSync(file, 'utf8');
    tree.files++;
    tree.bytes += Buffer.byteLength(text);
    if (['.yaml', '.yml'].includes(extname(path))) {
      const documents = text.split(/^---/m);
      const objects = documents.filter((one) => /^apiVersion:/m.test(one) && /^kind:/m.test(one)).length;
      tree.objects += objects;
      if (objects > 0) tree.manifests.push(path);
    } else if (extname(path) === '.json' && /"apiVersion":/.test(text) && /"kind":/.test(text))
      tree.objects++;
  }
  return tree;
}

/** @param {string} directory @param {ReadonlyMap<string, string>} files */
function writeTree(directory, files) {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

/**
 * CPU seconds and peak resident bytes of a running process, as /proc tells them.
 *
 * @param {number} pid
 */
function readProc(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status);
  if (!peak) throw new Error('the process has ended');
  // Fields 14 and 15 of proc(5); the command's name before them may contain spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return { cpu: (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK, memory: Number(peak[1]) * 1024 };
}

/**
 * Runs one call to its end. What it prints goes to files, so that reading it costs the benchmark nothing meanwhile.
 *
 * @param {string[]} argv
 * @param {string} cwd
 * @param {string} scratch
 * @param {boolean} hasGnuTime
 * @returns {Promise<Cost>}
 */
async function runCall(argv, cwd, scratch, hasGnuTime) {
  const [out, err, usage] = ['out', 'err', 'usage'].map((name) => join(scratch, name));
  const [program, ...args] = hasGnuTime ? [GNU_TIME, '-f', '%U %S %M', '-o', usage, ...argv] : argv;
  const streams = [openSync(out, 'w'), openSync(err, 'w')];
  let used = { cpu: Number.NaN, memory: Number.NaN };
  const started = performance.now();
  const child = spawn(program, args, { cwd, stdio: ['ignore', ...streams] });
  const look = () => {
    try {
      used = readProc(child.pid ?? 0);
    } catch {
      // Already gone, or a platform without /proc: the last numbers stand.
    }
  };
  const poll = hasGnuTime ? undefined : setInterval(look, POLL_INTERVAL);
  /** @type {{ code: number | null, signal: string | null }} */
  const end = await new Promise((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code, signal) => done({ code, signal }));
  });
  const wall = (performance.now() - started) / 1000;
  clearInterval(poll);
  streams.forEach(closeSync);
  if (hasGnuTime) {
    // GNU time writes a line about the exit code first.
    const lastLine = readFileSync(usage, 'utf8').trim().split('\n').pop() ?? '';
    const [user, system, kilobytes] = lastLine.split(' ').map(Number);
    used = { cpu: user + system, memory: kilobytes * 1024 };
  }
  return { wall, ...used, crash: crashOf(end, out, err) };
}

/**
 * Tells a tool that broke from one that found something: all of them end with 1 for findings and print a report then.
 *
 * @param {{ code: number | null, signal: string | null }} end
 * @param {string} out
 * @param {string} err
 * @returns {string | undefined}
 */
function crashOf({ code, signal }, out, err) {
  if (code === 0 || (code === 1 && statSync(out).size > 0)) return undefined;
  const firstLine = readFileSync(err, 'utf8').trim().split('\n')[0].slice(0, 150);
  return `${signal ?? `exit code ${code}`}: ${JSON.stringify(firstLine)}`;
}

/**
 * @param {Tool} tool
 * @param {Tree} tree
 * @param {string} scratch
 * @param {boolean} hasGnuTime
 * @returns {Promise<Cost>}
 */
async function runTool(tool, tree, scratch, hasGnuTime) {
  /** @type {Cost[]} */
  const costs = [];
  for (const args of tool.calls(tree))
    costs.push(await runCall([...tool.command, ...args], tree.directory, scratch, hasGnuTime));
  return {
    wall: costs.reduce((sum, { wall }) => sum + wall, 0),
    cpu: costs.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: Math.max(...costs.map(({ memory }) => memory)),
    crash: costs.find(({ crash }) => crash !== undefined)?.crash,
  };
}

/** @param {readonly number[]} numbers NaN when there is none. */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** @param {readonly string[][]} rows The first column is text, the others are numbers. */
function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows)
    console.log(
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  '),
    );
}

/**
 * Runs the tools in turn, `runs` times, and prints the table of one tree.
 *
 * @param {readonly Tool[]} tools
 * @param {Tree} tree
 * @param {number} runs
 * @param {string} scratch
 * @param {boolean} hasGnuTime
 */
async function compare(tools, tree, runs, scratch, hasGnuTime) {
  /** @type {Map<string, Cost[]>} */
  const costs = new Map(tools.map(({ name }) => [name, []]));
  for (let run = 0; run < runs; run++)
    for (const tool of tools) {
      const list = costs.get(tool.name) ?? [];
      if (list.length === 0 || list[0].wall <= SLOW)
        list.push(await runTool(tool, tree, scratch, hasGnuTime));
    }

  const oursList = costs.get(OURS) ?? [];
  const ours = oursList.some(({ crash }) => crash) ? Number.NaN : median(oursList.map(({ wall }) => wall));
  /** @param {number} number @param {number} digits */
  const fixed = (number, digits) => (Number.isNaN(number) ? '-' : number.toFixed(digits));
  const rows = [['', 'wall s', '(min-max)', 'CPU s', 'peak MB', 'objects/s', `wall / ${OURS}`]];
  const notes = [];
  for (const [name, list] of costs) {
    const walls = list.map(({ wall }) => wall);
    const wall = median(walls);
    const crash = list.find((cost) => cost.crash !== undefined)?.crash;
    if (crash) notes.push(`${name} broke off, its row is not a complete run: ${crash}`);
    if (list.length < runs) notes.push(`${name} took over ${SLOW} s and was run once`);
    rows.push([
      crash ? `${name} (broke off)` : name,
      fixed(wall, 3),
      `(${fixed(Math.min(...walls), 3)}-${fixed(Math.max(...walls), 3)})`,
      fixed(median(list.map(({ cpu }) => cpu)), 2),
      fixed(median(list.map(({ memory }) => memory)) / 1e6, 0),
      fixed(tree.objects / wall, 0),
      fixed(wall / ours, 2),
    ]);
  }
  printTable(rows);
  for (const note of notes) console.log(note);
}

const { values, positionals } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    'kubeconform-schemas': { type: 'string' },
    charts: { type: 'string', multiple: true, default: [] },
    kustomizations: { type: 'string', multiple: true, default: [] },
    bin: { type: 'string', default: '.' },
    rules: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`--runs ${values.runs}: give a whole number from 1`);
  process.exit(2);
}

const hasGnuTime = spawnSync(GNU_TIME, ['-f', '%U %S %M', process.execPath, '--version']).status === 0;
const scratch = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
try {
  console.log(
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.versions.node}`,
  );
  console.log(`load average ${loadavg()[0].toFixed(2)} at the start; ${runs} runs, in turn; medians`);
  console.log(
    `CPU and memory from ${hasGnuTime ? 'GNU time' : `/proc every ${POLL_INTERVAL} ms, so a little low`}\n`,
  );

  const { charts, kustomizations, bin } = values;
  const isEngine = charts.length + kustomizations.length > 0;
  // Both halves of a run are ours: the peers have nothing to compare with.
  if (values.rules) await benchRules(runs, scratch);
  const isAlone = isEngine || values.rules;
  if (isEngine) {
    const tools = { runCall, median, printTable, scratch, hasGnuTime };
    await benchEngine({ charts, kustomizations, bin, runs }, tools);
  }

  const present = [];
  for (const tool of isAlone ? [] : allTools(values['kubeconform-schemas'])) {
    const missing = tool.name === OURS ? !existsSync(tool.command[1]) : !findOnPath(tool.name);
    if (missing) {
      console.log(
        `${tool.name}: ${tool.name === OURS ? 'dist/cli.js is not there, run npm run build' : 'not on PATH'}`,
      );
      continue;
    }
    const [program, ...args] = [...tool.command, ...tool.version];
    const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    console.log(`${tool.name} (${`${stdout}${stderr}`.trim().split('\n')[0]}): ${tool.does}`);
    present.push(tool);
  }

  let directories = positionals.map((directory) => resolve(directory));
  if (directories.length === 0 && !isAlone) {
    directories = ['generated', 'one-file'].map((name) => join(scratch, name));
    writeTree(directories[0], gitOpsTree());
    writeTree(directories[1], oneFileTree());
  }
  for (const directory of directories) {
    const tree = readTree(directory);
    const size = `${tree.files} files, ${tree.objects} objects, ${(tree.bytes / 1e6).toFixed(1)} MB`;
    console.log(`\n${positionals.length === 0 ? relative(scratch, directory) : directory}: ${size}`);
    await compare(present, tree, runs, scratch, hasGnuTime);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
