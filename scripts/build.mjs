// Builds dist/: the Action and the command, self-contained, the same bytes from the same sources.
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { forNode } from './bundle.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { action: 'src/action.ts', cli: 'src/cli.ts', 'engine-worker': 'src/render/engine/worker.ts' },
  outdir: 'dist',
  // What few runs need (ajv, GitHub's client, schemas) is loaded when it is needed.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
  define: { PLIMSOLL_VERSION: JSON.stringify(version) },
  ...forNode,
});

// The engine's module is built by scripts/engine.mjs.
const kept = ['LICENSES.txt', 'NOTICE', 'engine.wasm.br', 'engine.json'].map((name) => `dist/${name}`);
for (const entry of readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })) {
  const path = relative(root, join(entry.parentPath, entry.name));
  if (entry.isFile() && !(path in metafile.outputs) && !kept.includes(path)) rmSync(join(root, path));
}

/** The licences of the packages that are in the bundle, and of the one that the table of schemas is made from. */
const packages = new Set(['node_modules/kubernetes-models']);
for (const input of Object.keys(metafile.inputs)) {
  const inside = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
  if (inside !== undefined) packages.add(inside);
}
const licences = [...packages].sort().map((path) => {
  const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  const file = readdirSync(join(root, path)).find((name) => /^licen[cs]e/i.test(name));
  const text = file === undefined ? '' : readFileSync(join(root, path, file), 'utf8').trim();
  if (!manifest.license) throw new Error(`${path} names no licence`);
  return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${text}\n`;
});
licences.push(readFileSync(join(root, 'engine/LICENSES.txt'), 'utf8'));
writeFileSync(join(root, 'dist/LICENSES.txt'), licences.join(`\n${'-'.repeat(80)}\n\n`));
copyFileSync(join(root, 'NOTICE'), join(root, 'dist/NOTICE'));
