import { didYouMean } from '../config/did-you-mean.ts';
import { quote } from '../config/rule-pattern.ts';
import type { Settings, TargetSettings } from '../config/settings.ts';
import { UserError } from '../errors.ts';
import { resolveIn } from './path.ts';
import type { ValuesLayer } from './target.ts';

/** A chart or an overlay that the config names. */
export interface ConfiguredTarget {
  readonly directory: string;
  readonly settings: TargetSettings;
  /** Files first, then what is set: as helm takes them. */
  readonly values: readonly ValuesLayer[];
}

interface Known {
  hasFile(path: string): boolean;
  readonly charts: ReadonlySet<string>;
  /** Directories with a kustomization. */
  readonly overlays: ReadonlySet<string>;
}

/**
 * The targets of the config, in its order. When the config lies outside the tree, only a part of the repository is
 * looked at: targets that are not in it are left out.
 * @throws {UserError} when a target, or a values file of it, is not there, and the settings do not allow that.
 */
export function configuredTargets(settings: ConfiguredSettings, known: Known): ConfiguredTarget[] {
  return settings.targets.flatMap((target, index) => {
    try {
      return configuredTarget(target, index, settings, known) ?? [];
    } catch (error) {
      if (settings.targetsMayBeMissing && error instanceof UserError) return [];
      throw error;
    }
  });
}

type ConfiguredSettings = Pick<Settings, 'targets' | 'targetsMayBeMissing' | 'configFile' | 'whereInConfig'>;

function configuredTarget(
  settings: TargetSettings,
  index: number,
  { configFile, whereInConfig }: ConfiguredSettings,
  known: Known,
): ConfiguredTarget | undefined {
  const isPart = configFile === undefined || !known.hasFile(configFile);
  const directory = resolveIn('.', settings.path.replace(/^\/+/, ''));
  const at = (...path: (string | number)[]) => ['targets', index, ...path];
  const isChart = directory !== undefined && known.charts.has(directory);
  if (directory === undefined || !(isChart || known.overlays.has(directory))) {
    if (isPart) return undefined;
    const hint = didYouMean(settings.path, [...known.charts, ...known.overlays]);
    throw new UserError(`There is neither a chart nor a kustomization in ${quote(settings.path)}.${hint}`, {
      where: whereInConfig(at('path')),
    });
  }
  const misplaced = isChart ? undefined : chartKeys.find((key) => settings[key] !== undefined);
  if (misplaced !== undefined)
    throw new UserError(`The key "${misplaced}" is for charts, and ${quote(settings.path)} is none.`, {
      where: whereInConfig(at(misplaced)),
    });
  const files = (settings.values ?? []).map((name, i): ValuesLayer => {
    const file = valuesFile(directory, name);
    if (file !== undefined && known.hasFile(file)) return { file };
    const fromRoot = known.hasFile(name) ? ` Did you mean ${quote(`/${name}`)}?` : '';
    throw new UserError(`There is no file ${quote(name)} in ${quote(settings.path)}.${fromRoot}`, {
      where: whereInConfig(at('values', i)),
      todo: 'Paths of values files count from the chart, or with a leading slash from the root.',
    });
  });
  return { directory, settings, values: [...files, ...setLayers(settings.set, configFile, at('set'))] };
}

const chartKeys = ['values', 'set', 'release', 'namespace'] as const;

/** As Argo CD reads `valueFiles`: from the chart, or with a leading slash from the root. */
function valuesFile(directory: string, name: string): string | undefined {
  return name.startsWith('/') ? resolveIn('.', name.replace(/^\/+/, '')) : resolveIn(directory, name);
}

function setLayers(
  set: TargetSettings['set'] = [],
  file: string | undefined,
  path: readonly (string | number)[],
): ValuesLayer[] {
  const from = (key: string | number) => (file === undefined ? {} : { from: { file, path: [...path, key] } });
  if (Array.isArray(set)) return set.map((text: string, index) => ({ set: text, ...from(index) }));
  return Object.entries(set).map(([key, value]) => ({ inline: nested(key.split('.'), value), ...from(key) }));
}

/** `a.b: 1` as `{"a":{"b":1}}`: JSON keeps the type that the value has in the config. */
function nested(keys: readonly string[], value: unknown): string {
  return JSON.stringify(keys.reduceRight((inner, key) => ({ [key]: inner }), value));
}
