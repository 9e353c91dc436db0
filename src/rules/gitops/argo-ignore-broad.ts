import { isTestPath } from '../../discover/test-path.ts';
import { applicationSpec, argoApplications, isSettings } from '../../kubernetes/argo-cd.ts';
import { Field } from '../../kubernetes/field.ts';
import { parseYaml } from '../../yaml/parse.ts';
import { type Context, defineRule } from '../rule.ts';

type MessageId = 'section' | 'security';

export default defineRule({
  id: 'gitops/argo-ignore-broad',
  severity: 'medium',
  kinds: [...argoApplications, 'ConfigMap'],
  concerns: (object) => object.kind !== 'ConfigMap' || isSettings(object, 'argocd-cm'),
  summary: 'Argo CD ignores differences in more than a field',
  why: 'What is ignored may be changed in the cluster, by mistake or by an attacker, and Argo CD shows the application as synced.',
  remedy:
    'Ignore the one field that another controller writes, or name the one object that it is about; managedFieldsManagers ignores what a named controller owns.',
  controls: ['nist-800-53/r5:CM-3', 'nist-800-53/r5:SI-7'],
  bundle: 'CHG',
  recommended: true,
  since: '0.1.0',
  messages: {
    section: 'Argo CD ignores all differences in {path} of {what}.',
    security: {
      text: 'Argo CD ignores differences in {path} of {what}, which decides what it runs or may do.',
      recommended: false,
    },
  },
  check(context) {
    const { manifest, report } = context;
    if (manifest.kind === 'ConfigMap') {
      if (isSettings(manifest, 'argocd-cm') && !isTestPath(manifest.file)) checkSettings(context);
      return;
    }
    if (isTestPath(manifest.file)) return;
    for (const entry of applicationSpec(manifest).at('ignoreDifferences').items()) {
      const { string: name = '*' } = entry.at('name');
      const { string: kind = '*' } = entry.at('kind');
      // One object that another controller fills is no rule for all. OpenShift sets images of DeploymentConfigs.
      if (name !== '*' || kind === 'DeploymentConfig') continue;
      const what = kind === '*' ? 'every object' : `every ${kind}`;
      for (const { path, message } of broadPaths(entry))
        report(path, message, { path: path.string ?? '', what });
    }
  },
});

const settingsPrefix = 'resource.customizations.ignoreDifferences.';

/** The settings hold one YAML text for each `group_Kind`, or for `all`. */
function checkSettings({ manifest, report }: Context<MessageId>): void {
  for (const place of manifest.root.at('data').properties()) {
    const key = String(place.key);
    if (!key.startsWith(settingsPrefix)) continue;
    const kind = key.slice(settingsPrefix.length).split('_').at(-1) ?? '';
    const what = kind === 'all' ? 'every object' : `every ${kind}`;
    const [document] = parseYaml(place.string ?? '').documents;
    for (const { path, message } of broadPaths(new Field(document?.value))) {
      const { string: text = '' } = path;
      report(place, message, { path: text, what }, { part: text });
    }
  }
}

function broadPaths(entry: Field): { path: Field; message: MessageId }[] {
  const pointers = entry.at('jsonPointers').items();
  const expressions = entry.at('jqPathExpressions').items();
  return [
    ...pointers.map((path) => ({ path, message: messageFor(pointerKeys(path.string ?? '')) })),
    ...expressions.map((path) => ({ path, message: messageFor(expressionKeys(path.string ?? '')) })),
  ].flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]));
}

/** What holds all that an object asks for. */
const sections: ReadonlySet<string> = new Set([
  '',
  'spec',
  'data',
  'metadata',
  'spec.template',
  'spec.template.spec',
  'spec.template.spec.containers',
]);

function messageFor(keys: readonly string[] | undefined): MessageId | undefined {
  if (keys === undefined) return undefined;
  const path = keys.join('.');
  if (sections.has(path)) return 'section';
  const isOfSecurity = keys.includes('securityContext') || keys.at(-1) === 'image' || path === 'rules';
  return isOfSecurity ? 'security' : undefined;
}

/** Argo CD removes what stands at the pointer; at `` and `/` nothing does. */
function pointerKeys(pointer: string): string[] | undefined {
  const keys = pointer.split('/').slice(1);
  return keys.join('') === '' ? undefined : keys.filter((key) => !/^\d+$/.test(key));
}

/** The keys of a plain path in jq; undefined for expressions that choose among items. */
function expressionKeys(expression: string): string[] | undefined {
  const path = expression.trim().replaceAll(/\[\d*\]|\?/g, '');
  if (!/^(?:\.|(?:\.?(?:\w+|"[^"]*"|\["[^"]*"\]))+)$/.test(path)) return undefined;
  return [...path.matchAll(/\w+|"([^"]*)"/g)].map(([key, quoted = key]) => quoted);
}
