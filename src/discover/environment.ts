import type { Target } from './target.ts';

/** Words that say where something runs, and the one that stands for all that mean the same. */
const words: Readonly<Record<string, string>> = {
  dev: 'dev',
  devel: 'dev',
  develop: 'dev',
  development: 'dev',
  local: 'dev',
  sandbox: 'sandbox',
  preview: 'preview',
  test: 'test',
  testing: 'test',
  qa: 'test',
  int: 'integration',
  integration: 'integration',
  uat: 'uat',
  stg: 'staging',
  stage: 'staging',
  staging: 'staging',
  preprod: 'staging',
  prd: 'production',
  prod: 'production',
  production: 'production',
  live: 'production',
};

/** Those that mean an environment also as a part of a name, as in `prod-eu`; `live-chat` and `test-app` do not. */
const inNames = /^(?:dev|development|qa|uat|stg|staging|preprod|prd|prod|production)$/;

/** Directories whose subdirectories are one environment each. */
const sets = /^(?:overlays?|env|envs|environments?|clusters?|stages)$/;

/** Subdirectories of {@link sets} that are for all environments. */
const common = /^(?:all|base|common|default|shared)$/;

/**
 * Where a target belongs: what the config says, else what its path does, as in `overlays/prod` or `values-dev.yaml`.
 * Undefined when nothing tells, as for what all environments have.
 */
export function environmentOf(target: Target): string | undefined {
  if ('environment' in target && target.environment !== undefined) return normal(target.environment);
  const path = target.kind === 'chart' ? [target.directory, valuesOf(target.values)].join('/') : target.name;
  const parts = path.split('/');
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = parts[index] ?? '';
    if (sets.test(parts[index - 1] ?? '') && !common.test(part)) return normal(part);
    const name = part.toLowerCase().replace(/\.(?:ya?ml|json)$/, '');
    const word = Object.hasOwn(words, name) ? name : name.split(/[-_.]/).find((each) => inNames.test(each));
    if (word !== undefined) return words[word];
  }
  return undefined;
}

function valuesOf(values: readonly { readonly file?: string }[]): string {
  return values.at(-1)?.file ?? '';
}

function normal(name: string): string {
  const word = name.toLowerCase();
  return words[word] ?? word;
}
