// Builds the render engine: dist/engine.wasm.br, dist/engine.json (its hash) and engine/LICENSES.txt. Needs Go.
//   node scripts/engine.mjs           build and write
//   node scripts/engine.mjs --check   build and compare with what is committed
// ENGINE_QUALITY=5 compresses quickly, for trying things out.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const engine = join(root, 'engine');
const dist = (name) => join(root, 'dist', name);
const quality = Number(process.env.ENGINE_QUALITY ?? 11);

/** The version of Go whose module is committed; another one makes other bytes. */
const toolchain = 'go1.26.8';
/** The most memory that an instance can have, in pages of 64 kB: 1 GB. */
const maxPages = 16384;

const env = {
  ...process.env,
  GOTOOLCHAIN: toolchain,
  GOFLAGS: '-buildvcs=false',
  GOOS: 'wasip1',
  GOARCH: 'wasm',
  CGO_ENABLED: '0',
};

function run(command, ...args) {
  return execFileSync(command, args, { cwd: engine, env, encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** The module, with a maximum set on its memory. */
function build() {
  const directory = mkdtempSync(join(tmpdir(), 'engine-'));
  const file = join(directory, 'engine.wasm');
  // go.sh brings in the changes to Kustomize.
  run(
    './go.sh',
    'build',
    '-trimpath',
    '-ldflags=-s -w -buildid=',
    '-buildmode=c-shared',
    '-o',
    file,
    './cmd/wasm',
  );
  const module = limitMemory(readFileSync(file));
  rmSync(directory, { recursive: true });
  return module;
}

/** Rewrites the memory section (5), which the linker writes with a minimum only. */
function limitMemory(module) {
  for (let at = 8; at < module.length; ) {
    const [size, start] = leb128(module, at + 1);
    if (module[at] === 5) {
      if (module[start] !== 1 || module[start + 1] !== 0) throw new Error('The memory section has changed.');
      const [minimum] = leb128(module, start + 2);
      const body = Buffer.from([1, 1, ...toLeb128(minimum), ...toLeb128(maxPages)]);
      const head = Buffer.from([5, ...toLeb128(body.length)]);
      return Buffer.concat([module.subarray(0, at), head, body, module.subarray(start + size)]);
    }
    at = start + size;
  }
  throw new Error('The module has no memory section.');
}

/** An unsigned number, and where it ends. */
function leb128(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7, at++) {
    value += (bytes[at] & 127) * 2 ** shift;
    if (bytes[at] < 128) return [value, at + 1];
  }
}

function toLeb128(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...toLeb128(value >> 7)];
}

/** The licences and notices of Go and of all modules that are linked; equal ones once, after the modules' names. */
function licences() {
  const home = run('go', 'env', 'GOROOT').trim();
  const texts = [[join(home, 'LICENSE'), `Go ${toolchain.slice(2)}`]];
  const format =
    '{{with .Module}}{{if and .Version (not .Replace)}}{{.Path}} {{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}';
  for (const line of run('go', 'list', '-deps', '-f', format, './cmd/wasm').split('\n').filter(Boolean)) {
    const [module, home, directory] = line.split('\t');
    // Some packages are copies of others' and have a licence of their own.
    for (let at = directory; at.startsWith(home); at = dirname(at)) {
      const found = readdirSync(at).filter((name) => /^(licen[cs]e|copying|notice|patents)/i.test(name));
      if (at === home && found.length === 0) throw new Error(`${module} has no licence`);
      texts.push(...found.map((name) => [join(at, name), module]));
    }
  }
  const modules = new Map();
  for (const [file, module] of texts) {
    const text = readFileSync(file, 'utf8').replace(/\r\n/g, '\n').trim();
    modules.set(text, (modules.get(text) ?? new Set()).add(module));
  }
  const parts = [...modules].map(([text, names]) => `${[...names].sort().join('\n')}\n\n${text}\n`);
  return parts.sort().join(`\n${'-'.repeat(80)}\n\n`);
}

function compress(module) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = {
    [BROTLI_PARAM_QUALITY]: quality,
    [BROTLI_PARAM_LGWIN]: 24,
    [BROTLI_PARAM_SIZE_HINT]: module.length,
  };
  return brotliCompressSync(module, { params });
}

const text = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

const module = build();
const facts = `${JSON.stringify({ sha256: createHash('sha256').update(module).digest('hex'), bytes: module.length, go: toolchain, brotli: quality }, null, 2)}\n`;
const licence = licences();
const same = text(dist('engine.json')) === facts && existsSync(dist('engine.wasm.br'));
if (process.argv.includes('--check')) {
  const stored = brotliDecompressSync(readFileSync(dist('engine.wasm.br')));
  if (!same || !stored.equals(module) || text(join(engine, 'LICENSES.txt')) !== licence) {
    console.error(
      'dist/engine.wasm.br or engine/LICENSES.txt is not what engine/ builds: node scripts/engine.mjs',
    );
    process.exitCode = 1;
  }
} else {
  if (!same) {
    writeFileSync(dist('engine.wasm.br'), compress(module));
    writeFileSync(dist('engine.json'), facts);
  }
  writeFileSync(join(engine, 'LICENSES.txt'), licence);
  console.log(
    `${same ? 'unchanged' : 'written'}: ${module.length} bytes, ${readFileSync(dist('engine.wasm.br')).length} compressed`,
  );
}
