import type { Field } from './field.ts';
import type { ObjectIndex } from './inventory.ts';
import type { KubernetesObject } from './object.ts';

/** `kinds` of what deploys sources with Argo CD. */
export const argoApplications: readonly string[] = ['Application.argoproj.io', 'ApplicationSet.argoproj.io'];

/** The ApplicationSpec of an Application, or of those that an ApplicationSet makes. */
export function applicationSpec({ kind, root }: KubernetesObject): Field {
  return kind === 'ApplicationSet' ? root.at('spec', 'template', 'spec') : root.at('spec');
}

/** The sources of an Application, or of those that an ApplicationSet makes. */
export function applicationSources(application: KubernetesObject): Field[] {
  const spec = applicationSpec(application);
  return [spec.at('source'), ...spec.at('sources').items()].filter(({ exists }) => exists);
}

/** Whether a text has a part that an ApplicationSet fills in. */
export function isTemplated(field: Field): boolean {
  return field.string?.includes('{{') ?? false;
}

/** Whether the applications of an ApplicationSet may have more than its template says. */
export function isPatchedSet({ kind, root }: KubernetesObject): boolean {
  if (kind !== 'ApplicationSet') return false;
  return (
    root.at('spec', 'templatePatch').exists ||
    generatorsOf(root).some(({ generator }) => generator.at('template').exists)
  );
}

/** One generator of an ApplicationSet: its type, such as `pullRequest`, and what stands under that. */
export interface Generator {
  readonly type: string;
  readonly generator: Field;
}

/** The generators of an ApplicationSet, those within `matrix` and `merge` among them. */
export function generatorsOf(applicationSet: Field): Generator[] {
  return generatorsIn(applicationSet.at('spec'));
}

function generatorsIn(parent: Field): Generator[] {
  return parent
    .at('generators')
    .items()
    .flatMap((entry) => entry.properties())
    .filter(({ key, exists }) => key !== 'selector' && exists)
    .flatMap((generator) => [{ type: String(generator.key), generator }, ...generatorsIn(generator)]);
}

/** Whether a Secret is one by which Argo CD knows a repository, or the credentials of several. */
export function isArgoRepository({ root }: KubernetesObject): boolean {
  const type = root.at('metadata', 'labels', 'argocd.argoproj.io/secret-type').string;
  return (
    type === 'repository' ||
    type === 'repo-creds' ||
    type === 'repository-write' ||
    type === 'repo-write-creds'
  );
}

/** Names of ConfigMaps that Argo CD reads its settings from. */
export type SettingsName = 'argocd-cm' | 'argocd-rbac-cm' | 'argocd-cmd-params-cm';

/** Whether an object is the ConfigMap that Argo CD reads under this name. */
export function isSettings({ groupKind, name }: KubernetesObject, wanted: SettingsName): boolean {
  return groupKind === 'ConfigMap' && name === wanted;
}

/** The text of a setting, empty when it is not set; `true` may lack the quotes that a ConfigMap needs. */
export function settingOf(configMap: Field, key: string): string {
  const { value } = configMap.at('data', key);
  return typeof value === 'string' || typeof value === 'boolean' ? String(value).trim() : '';
}

/** One line of a policy. */
export interface PolicyLine {
  /** `p`: subject, resource, action, object, effect. `g`: subject, role. */
  readonly type: 'p' | 'g';
  readonly tokens: readonly string[];
  /** The entry of `data` in which it stands, and the line itself. */
  readonly place: Field;
  readonly text: string;
}

/**
 * The lines of `policy.csv` and of all `policy.*.csv` in argocd-rbac-cm, but for those that Argo CD cannot read.
 * Source: argoproj/argo-cd 37ee009, util/rbac.
 */
export function policyLines(configMap: Field): PolicyLine[] {
  return configMap
    .at('data')
    .properties()
    .filter(({ key }) => key === 'policy.csv' || /^policy\..*\.csv$/.test(String(key)))
    .flatMap((place) => (place.string ?? '').split('\n').flatMap((line) => policyLine(place, line.trim())));
}

function policyLine(place: Field, text: string): PolicyLine | [] {
  const [type, ...tokens] = csvTokens(text);
  if (type === 'p' && tokens.length === 5) return { type, tokens, place, text };
  if (type === 'g' && tokens.length === 2) return { type, tokens, place, text };
  return [];
}

/** The fields of a line of CSV, quoted (RFC 4180) or not; spaces around them are dropped. */
function csvTokens(line: string): string[] {
  if (line.startsWith('#')) return [];
  const tokens = line.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...tokens].map(([, quoted, plain = '']) => (quoted?.replaceAll('""', '"') ?? plain).trim());
}

/** A subject and all roles that it has, through other roles too. */
export function rolesOf(subject: string, lines: readonly PolicyLine[]): ReadonlySet<string> {
  const roles = new Set([subject]);
  // The set grows while it is walked: a role may have roles.
  for (const each of roles)
    for (const { type, tokens } of lines)
      if (type === 'g' && tokens[0] === each && tokens[1] !== undefined) roles.add(tokens[1]);
  return roles;
}

/** The same for all ways to write the URL of a Git repository: scheme, user, `.git` and case do not count. */
export function repositoryKey(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^@/]+@/, '')
    .replace(':', '/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

/** Whether a source is what the main branch of a Git repository has at a path. */
export function followsMain(source: Field): boolean {
  const { string: revision = 'HEAD' } = source.at('targetRevision');
  return !source.at('chart').exists && /^(?:HEAD|main|master)?$/.test(revision);
}

/** Paths that applications read from the main branch, by {@link repositoryKey}, each once and without the root. */
export function pathsByRepository(index: ObjectIndex): ReadonlyMap<string, readonly string[]> {
  const byRepository = new Map<string, Set<string>>();
  for (const application of index.ofKind(...argoApplications))
    for (const source of applicationSources(application)) {
      const key = repositoryKey(source.at('repoURL').string ?? '');
      const path = (source.at('path').string ?? '').replaceAll(/^(?:\.?\/)+|\/+$/g, '');
      if (path === '' || path === '.' || isTemplated(source.at('path')) || !followsMain(source)) continue;
      const paths = byRepository.get(key) ?? new Set();
      byRepository.set(key, paths);
      if (paths.size < mostSampled) paths.add(path);
    }
  return new Map([...byRepository].map(([key, paths]) => [key, [...paths]]));
}

/** Enough paths to tell whose they are. */
const mostSampled = 50;
