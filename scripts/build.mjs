// Builds dist/: the Action and the command, self-contained, the same bytes from the same sources.
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(join(root, 'dist'), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { action: 'src/action.ts', cli: 'src/cli.ts' },
  outdir: 'dist',
  bundle: true,
  // What few runs need (ajv, GitHub's client, schemas) is loaded when it is needed.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'external',
  define: { PLIMSOLL_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages call require for node's own modules.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  // uri-js asks for punycode, which Node 24 warns about; the userland package is the same code.
  alias: { punycode: 'punycode/punycode.js' },
  logLevel: 'warning',
});
