/**
 * `npm run oracle [-- --write] [-- --charts DIR… --kustomizations DIR…]`: compares what the render engine makes of charts
 * and kustomizations with what the real helm and kubectl make of them, byte for byte. scripts/oracle/main.ts does it;
 * this only makes JavaScript of it, which Node 20 cannot do itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { forNode } from './bundle.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const directory = mkdtempSync(join(tmpdir(), 'plimsoll-oracle-'));
try {
  const outfile = join(directory, 'main.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['scripts/oracle/main.ts'],
    outfile,
    ...forNode,
  });
  const { main } = await import(pathToFileURL(outfile).href);
  process.exitCode = await main(process.argv.slice(2), { root, scratch: directory });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
