import { UserError } from '../errors.ts';
import type { Severity } from '../severity.ts';
import { didYouMean } from './did-you-mean.ts';
import { frameworksNamed } from './frameworks.ts';
import { quote, rulePatterns, unknownRule } from './rule-pattern.ts';

const profiles = ['recommended', 'strict'] as const;
const scopes = ['changed', 'all'] as const;
const failOns = ['critical', 'high', 'medium', 'low', 'never'] as const;

export type Profile = (typeof profiles)[number];

/** Which findings decide: those on files that the change touches, or all. */
export type Scope = (typeof scopes)[number];

/** The mildest severity that fails the run. */
export type FailOn = (typeof failOns)[number];

/** What the config file says, as schemas/config.schema.json has it. */
export interface Config {
  readonly profile?: Profile;
  readonly 'fail-on'?: FailOn;
  readonly scope?: Scope;
  readonly 'kubernetes-version'?: string;
  readonly exclude?: readonly string[];
  readonly rules?: Readonly<Record<string, LevelInFile | RuleInFile>>;
  readonly 'max-file-size'?: number | string;
  readonly waivers?: readonly Waiver[];
  readonly 'import-suppressions'?: boolean;
  readonly targets?: readonly TargetInFile[];
  readonly 'values-conventions'?: boolean;
  readonly remotes?: Readonly<Record<string, string>>;
  readonly comment?: boolean;
  readonly annotations?: boolean;
  readonly compliance?: readonly string[];
}

interface TargetInFile {
  readonly path: string;
  readonly values?: readonly string[];
  readonly set?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly release?: string;
  readonly namespace?: string;
  readonly environment?: string;
  readonly 'kubernetes-version'?: string;
  readonly 'api-versions'?: readonly string[];
}

/** A chart or an overlay as the config file describes it. */
export interface TargetSettings {
  /** Directory as the file names it. */
  readonly path: string;
  /** Values files as the file names them. */
  readonly values?: readonly string[];
  /** Assignments as helm's `--set` takes them, or values by dotted keys. */
  readonly set?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly release?: string;
  readonly namespace?: string;
  readonly environment?: string;
  /** Such as `1.34`. */
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

/** A plain `off` is `false` in the YAML that Kubernetes reads. */
type LevelInFile = RuleLevel | false;

interface RuleInFile {
  readonly severity?: LevelInFile;
  readonly exclude?: readonly string[];
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A severity also turns the rule on. */
export type RuleLevel = Exclude<Severity, 'internal'> | 'off';

/** What the settings say of one rule. */
export interface RuleSettings {
  readonly severity?: RuleLevel;
  /** Globs of files and directories in which the rule is off. */
  readonly exclude: readonly string[];
  /** Values of the rule's own options by name, as the schema of the config has them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Findings that are accepted. */
export interface Waiver {
  /** Rule id, or `family/*`. */
  readonly rule: string;
  /** Glob of files and directories. */
  readonly path: string;
  /** Glob of `Kind/name` or `Kind/namespace/name`; without it every object. */
  readonly object?: string;
  readonly reason: string;
  readonly owner?: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until?: string;
  /** 1-based line in the config file; the loader adds it. */
  readonly line?: number;
}

/** The config file of a tree; an empty config when there is none. */
export interface LoadedConfig {
  readonly config: Config;
  /** Path of the file in the tree. */
  readonly file?: string;
  /** `file:line:column` of what keys and indexes lead to. */
  readonly where?: Where;
}

type Where = (path: readonly (string | number)[]) => string;

/** Options of the command and inputs of the Action, as text. Empty text counts as absent, as in Action inputs. */
export interface Flags {
  readonly profile?: string | undefined;
  readonly 'fail-on'?: string | undefined;
  readonly scope?: string | undefined;
  readonly 'kubernetes-version'?: string | undefined;
  /** `true` or `false`. */
  readonly comment?: string | undefined;
  /** `true` or `false`. */
  readonly annotations?: string | undefined;
  /** Names of frameworks, separated by commas. */
  readonly compliance?: string | undefined;
  /** Rule ids and `family/*`, separated by commas. */
  readonly only?: string | undefined;
  readonly 'all-rules'?: boolean | undefined;
}

/** How a run is to be done. */
export interface Settings {
  readonly profile: Profile;
  readonly failOn: FailOn;
  /** Undefined: `changed` when it is known which files a change touches, else `all`. */
  readonly scope: Scope | undefined;
  /** Minor number of the Kubernetes version: 36 for 1.36. */
  readonly kubernetesMinor: number;
  /** Globs of files and directories that are not checked. */
  readonly exclude: readonly string[];
  /** By rule id. */
  readonly rules: ReadonlyMap<string, RuleSettings>;
  readonly waivers: readonly Waiver[];
  /** Whether comments and annotations that suppress findings of other tools count. */
  readonly importSuppressions: boolean;
  /** In the order of the config file. */
  readonly targets: readonly TargetSettings[];
  /** Whether a tree may lack targets of the config or their files, as the base of a change does that adds them. */
  readonly targetsMayBeMissing: boolean;
  /** Whether values files under usual names are values sets of the chart they lie beside. */
  readonly valuesConventions: boolean;
  /** Remote URLs, as kustomizations write them, and the directories that stand for them, as the file names them. */
  readonly remotes: Readonly<Record<string, string>>;
  readonly maxFileSizeBytes: number;
  readonly comment: boolean;
  readonly annotations: boolean;
  /** Ids of the frameworks that compliance reports are on; none when nobody named one. */
  readonly compliance: readonly string[];
  /** Rule ids and `family/*`: run these and no others, whatever profile and config say. */
  readonly only: readonly string[] | undefined;
  /** Run every rule and show every finding, whatever profile and config say. */
  readonly allRules: boolean;
  /** Path of the config file in the tree. */
  readonly configFile: string | undefined;
  /** `file:line:column` of what keys and indexes lead to in the config file. */
  readonly whereInConfig: Where;
}

/** Minor numbers of the Kubernetes versions that there is data for; the default is the newest with full schemas. */
export const kubernetesMinors = { oldest: 25, newest: 37, default: 36 } as const;

/**
 * Settings of a run: flags win over the config file, which wins over the defaults.
 * @throws {UserError} when a flag has a value that it cannot have.
 */
export function resolveSettings(
  flags: Flags,
  { config, file, where }: LoadedConfig,
  ruleIds: readonly string[],
): Settings {
  const only = listed(flags.only);
  for (const pattern of only ?? []) {
    const problem = unknownRule(pattern, rulePatterns(ruleIds));
    if (problem !== undefined) throw new UserError(problem, { where: 'only' });
  }
  return {
    profile: choose('profile', flags.profile, profiles) ?? config.profile ?? 'recommended',
    failOn: choose('fail-on', flags['fail-on'], failOns) ?? config['fail-on'] ?? 'high',
    scope: choose('scope', flags.scope, scopes) ?? config.scope,
    kubernetesMinor: kubernetesMinor(flags['kubernetes-version'] || config['kubernetes-version']),
    exclude: config.exclude ?? [],
    rules: new Map(Object.entries(config.rules ?? {}).map(([id, rule]) => [id, ruleSettings(rule)])),
    waivers: config.waivers ?? [],
    importSuppressions: config['import-suppressions'] ?? false,
    targets: (config.targets ?? []).map(targetSettings),
    targetsMayBeMissing: false,
    valuesConventions: config['values-conventions'] ?? true,
    remotes: config.remotes ?? {},
    maxFileSizeBytes: bytes(config['max-file-size'] ?? '10Mi'),
    comment: chooseBoolean('comment', flags.comment) ?? config.comment ?? true,
    annotations: chooseBoolean('annotations', flags.annotations) ?? config.annotations ?? true,
    compliance: frameworksNamed(listed(flags.compliance) ?? config.compliance ?? [], 'compliance'),
    only,
    allRules: flags['all-rules'] ?? false,
    configFile: file,
    whereInConfig: where ?? (() => file ?? 'config'),
  };
}

/** The words of a list with commas. */
function listed(text: string | undefined): string[] | undefined {
  return text ? text.split(',').map((word) => word.trim()) : undefined;
}

function targetSettings(target: TargetInFile): TargetSettings {
  const { 'kubernetes-version': kubeVersion, 'api-versions': apiVersions, ...rest } = target;
  return {
    ...rest,
    ...(kubeVersion !== undefined && { kubeVersion: `1.${kubernetesMinor(kubeVersion)}` }),
    ...(apiVersions !== undefined && { apiVersions }),
  };
}

function choose<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (!value) return undefined;
  const chosen = allowed.find((word) => word === value);
  if (chosen !== undefined) return chosen;
  throw new UserError(`${quote(value)} is none of ${allowed.join(', ')}.${didYouMean(value, allowed)}`, {
    where: name,
  });
}

function chooseBoolean(name: string, value: string | undefined): boolean | undefined {
  const chosen = choose(name, value, ['true', 'false']);
  return chosen === undefined ? undefined : chosen === 'true';
}

/** Takes `1.34`, `v1.34` and `1.34.2`. */
function kubernetesMinor(version: string | undefined): number {
  if (!version) return kubernetesMinors.default;
  const minor = Number(/^v?1\.(\d{1,3})(\.\d+)?$/.exec(version)?.[1]);
  const { oldest, newest } = kubernetesMinors;
  if (minor >= oldest && minor <= newest) return minor;
  throw new UserError(`${quote(version)} is not a known version of Kubernetes.`, {
    where: 'kubernetes-version',
    todo: `Give one from 1.${oldest} to 1.${newest}.`,
  });
}

function ruleSettings(rule: LevelInFile | RuleInFile): RuleSettings {
  const { severity, exclude = [], options = {} } = typeof rule === 'object' ? rule : { severity: rule };
  return {
    exclude,
    options,
    ...(severity !== undefined && { severity: severity === false ? 'off' : severity }),
  };
}

/** Kubernetes' suffixes for quantities. */
const byteUnits: Readonly<Record<string, number>> = {
  k: 1000,
  M: 1000 ** 2,
  G: 1000 ** 3,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
};

/** `size` as the schema allows it: bytes, or digits and a suffix. */
function bytes(size: number | string): number {
  if (typeof size === 'number') return size;
  const digits = Number.parseInt(size, 10);
  return digits * (byteUnits[size.replace(/^\d+/, '')] ?? 1);
}
