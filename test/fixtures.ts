import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../src/check.ts';
import { loadConfig } from '../src/config/load.ts';
import { resolveSettings } from '../src/config/settings.ts';
import { memoryTree } from '../src/files/memory.ts';
import type { Report } from '../src/judge/report.ts';
import { inProcessEngine } from '../src/render/engine/in-process.ts';
import { loadModule } from '../src/render/engine/load.ts';
import type { RenderEngine } from '../src/render/engine/protocol.ts';
import { ruleIds, rules } from '../src/rules/index.ts';

let loaded: Promise<RenderEngine> | undefined;
const shipped = () => {
  loaded ??= loadModule(new URL('../dist/engine.wasm.br', import.meta.url)).then(inProcessEngine);
  return loaded;
};

/** The render engine as it is shipped, in this thread; loaded when a test needs it. */
export const shippedEngine: RenderEngine = {
  helm: async (request) => (await shipped()).helm(request),
  kustomize: async (request) => (await shipped()).kustomize(request),
  close: async () => {},
};

/** Where a fixture has the files as they were before the change. */
const before = '.before/';

/** Checks files in memory. `flags` are those of the command. Files below `.before/` are those of the base. */
export async function checkFiles(
  files: Readonly<Record<string, string>>,
  flags: Parameters<typeof resolveSettings>[0] = {},
  changed?: readonly string[],
): Promise<Report> {
  const entries = Object.entries(files);
  const old = entries.flatMap(([path, text]) =>
    path.startsWith(before) ? [[path.slice(before.length), text] as const] : [],
  );
  const tree = memoryTree(Object.fromEntries(entries.filter(([path]) => !path.startsWith(before))));
  const settings = resolveSettings(flags, await loadConfig(tree, { ruleIds }), ruleIds);
  const { report } = await check({
    tree,
    base: old.length === 0 ? undefined : memoryTree(Object.fromEntries(old)),
    settings,
    rules,
    engine: () => shippedEngine,
    changedFiles: changed && new Set(changed),
    today: '2026-01-01',
    version: '0.0.0',
  });
  return report;
}

/** One repository of fixtures: a file alone, or all files of a directory. */
export interface Fixture {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

/** The fixtures of a rule: each file of its directory, and each directory in it as one repository. */
export function fixturesOf(rule: string): Fixture[] {
  const root = join('__fixtures__/rules', rule);
  return readdirSync(root)
    .sort()
    .map((name) => {
      const path = join(root, name);
      if (statSync(path).isFile()) return { name, files: { [name]: readFileSync(path, 'utf8') } };
      const inside = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) =>
        statSync(join(path, file)).isFile(),
      );
      return {
        name,
        files: Object.fromEntries(
          inside.sort().map((file) => [file, readFileSync(join(path, file), 'utf8')]),
        ),
      };
    });
}

/**
 * The lines of a file on which findings are expected, as `line rule`. `# expect: rule[, rule]` stands at the end of the
 * line, or alone above it.
 */
export function expectations(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  const alone = (line: string | undefined) => line !== undefined && /^\s*# expect: /.test(line);
  return lines.flatMap((line, index) => {
    const named = /# expect: ([^#]*)/.exec(line)?.[1];
    if (named === undefined) return [];
    let target = index;
    if (alone(line)) while (alone(lines[target])) target++;
    return named.split(',').map((rule) => `${target + 1} ${rule.trim()}`);
  });
}

/** `# kubernetes-version: 1.30` at the start of a file. */
export function kubernetesVersion(files: Readonly<Record<string, string>>): string | undefined {
  for (const text of Object.values(files)) {
    const version = /^# kubernetes-version: (\S+)/m.exec(text)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}
