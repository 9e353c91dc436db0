import type { NotChecked, ObjectIdentity } from '../judge/report.ts';

const rulePages = 'https://github.com/plimsoll-dev/plimsoll/blob/main/docs/rules';

/** Address of a rule's page. */
export function rulePage(id: string): string {
  return `${rulePages}/${id}.md`;
}

/** `1 finding`, `2 findings`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `Deployment shop/api`, unescaped. */
export function objectName({ kind, namespace, name }: ObjectIdentity): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Headings for the files that were not checked. */
export const causes: Readonly<Record<NotChecked['cause'], string>> = {
  'config-exclude': 'excluded by the config',
  'build-broken': 'parts of charts and overlays that cannot be rendered',
  'needs-values': 'parts of charts that need values',
  'missing-dependency': 'parts of charts whose dependencies are not here',
  'not-used': 'Kustomize components and patches that no overlay uses',
  'go-template': 'templates outside a chart',
  'unresolved-variable': 'unresolved variables',
  'too-large': 'too large',
  unreadable: 'unreadable',
  'not-text': 'not text',
  'yaml-invalid': 'invalid YAML',
  limit: 'beyond a limit',
  defect: 'a defect of Plimsoll',
};
