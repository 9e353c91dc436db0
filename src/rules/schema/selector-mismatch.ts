import { type Field, isObject } from '../../kubernetes/field.ts';
import { isPlaceholder } from '../../kubernetes/placeholder.ts';
import { isEmptySelector, labelsAt, matchesSelector } from '../../kubernetes/selector.ts';
import { controllers, overlaps } from '../../kubernetes/selector-overlap.ts';
import { isTestTarget } from '../../kubernetes/test-directory.ts';
import type { Container } from '../../kubernetes/workload.ts';
import { type Context, defineRule, workloads } from '../rule.ts';

type Check = Context<
  | 'label'
  | 'expression'
  | 'empty'
  | 'overlap'
  | 'directory'
  | 'container'
  | 'variable'
  | 'portName'
  | 'portNumber'
>;

export default defineRule({
  id: 'schema/selector-mismatch',
  severity: 'high',
  kinds: workloads,
  summary: 'Selector does not fit the pods, or something is named twice',
  why: 'The API server refuses a controller that does not select its own pods. Where two controllers select the same pods, each of them counts the pods of the other; and of two variables with one name only the last counts.',
  remedy: 'Give the pod template the labels that the selector wants, and each controller a label of its own.',
  controls: [
    'nist-800-53/r5:CM-3(2)',
    'kubescape:C-0295',
    'kubescape:C-0296',
    'kube-linter:duplicate-env-var',
    'kube-linter:mismatching-selector',
  ],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    label: 'The selector of {kind} {name} wants the label {label}, which its pod template {has}.',
    expression:
      'The labels of the pod template of {kind} {name} do not fit the matchExpressions of its selector.',
    empty: 'The selector of {kind} {name} is empty, which the API server refuses.',
    overlap: {
      text: 'The selector of {kind} {name} also selects the pods of {other}.',
      severity: 'medium',
    },
    directory: {
      text: 'The selector of {kind} {name} also selects the pods of {other}, if both are applied.',
      // The files of a directory may be alternatives of which one at a time is applied.
      severity: 'low',
      recommended: false,
    },
    container: 'The pod has two containers named {container}.',
    variable: {
      text: 'Container {container} sets the variable {variable} twice; only the last one counts.',
      severity: 'medium',
    },
    portName: 'Container {container} has two ports named {port}.',
    portNumber: { text: 'Container {container} lists port {port} twice.', severity: 'medium' },
  },
  check(context) {
    const { manifest, pod } = context;
    if (pod === undefined || isTestTarget(manifest.target)) return;
    if (controllers.includes(manifest.groupKind)) {
      checkSelector(context, manifest.root.at('spec', 'selector'), pod.metadata.at('labels'));
      checkOverlap(context);
    }
    checkContainers(context);
  },
});

function checkSelector({ manifest, report }: Check, selector: Field, labels: Field): void {
  const { kind, name } = manifest;
  // That there is none at all is for the schema to say.
  if (!selector.exists) return;
  if (isEmptySelector(selector)) {
    report(selector, 'empty', { kind, name });
    return;
  }
  const has = labelsAt(labels);
  if (matchesSelector(selector, has)) return;
  for (const [key, value] of labelsAt(selector.at('matchLabels'))) {
    const actual = has.get(key);
    if (actual === value) continue;
    if (isPlaceholder(value) || isPlaceholder(actual ?? '')) return;
    const state = actual === undefined ? 'lacks' : `has as ${key}=${actual}`;
    report(labels.at(key), 'label', { kind, name, label: `${key}=${value}`, has: state });
    return;
  }
  report(labels, 'expression', { kind, name });
}

function checkOverlap({ manifest, inventory, report }: Check): void {
  const other = inventory.target.derived(overlaps).get(manifest);
  if (other === undefined) return;
  const { kind, name } = manifest;
  const place = manifest.root.at('spec', 'selector');
  const origin = other.root.at('spec', 'template', 'metadata', 'labels');
  const [here, there] = [manifest.originsOf(place)[0], other.originsOf(origin)[0]];
  const isApart = manifest.target.kind === 'manifests' && here?.file !== there?.file;
  report(
    place,
    isApart ? 'directory' : 'overlap',
    { kind, name, other: `${other.kind} ${other.name}` },
    { related: [{ manifest: other, place: origin, message: 'the labels of its pods' }] },
  );
}

function checkContainers({ containers, report }: Check): void {
  const all = containers.map(({ field }) => field.value);
  for (const index of repeated(all, nameOf)) {
    const name = containers[index]?.field.at('name');
    if (name !== undefined) report(name, 'container', { container: name.string ?? '' });
  }
  for (const container of containers) {
    checkVariables(container, report);
    checkPorts(container, report);
  }
}

function checkVariables(container: Container, report: Check['report']): void {
  const { name, field } = container;
  for (const index of repeated(field.valueAt('env'), nameOf)) {
    const again = field.at('env', index);
    const variable = again.at('name').string ?? '';
    // A value may add to the one before it.
    if (!again.at('value').string?.includes(`$(${variable})`))
      report(again.at('name'), 'variable', { container: name, variable }, { container });
  }
}

function checkPorts(container: Container, report: Check['report']): void {
  const { name, field } = container;
  const ports = field.valueAt('ports');
  const sameName = repeated(ports, nameOf);
  for (const index of sameName) {
    const place = field.at('ports', index, 'name');
    report(place, 'portName', { container: name, port: place.string ?? '' }, { container });
  }
  for (const index of repeated(ports, numberOf)) {
    if (sameName.includes(index)) continue;
    const again = field.at('ports', index);
    const port = numberOf(again.value);
    report(again.at('containerPort'), 'portNumber', { container: name, port }, { container });
  }
}

/** The 0-based places in a list of the items whose key is that of an earlier one; those without a key are left out. */
function repeated(list: unknown, keyOf: (item: unknown) => string): number[] {
  if (!Array.isArray(list) || list.length < 2) return [];
  const seen = new Set<string>();
  const again: number[] = [];
  for (const [index, item] of list.entries()) {
    const key = keyOf(item);
    if (key === '') continue;
    if (seen.has(key)) again.push(index);
    seen.add(key);
  }
  return again;
}

function nameOf(item: unknown): string {
  return isObject(item) && typeof item.name === 'string' ? item.name : '';
}

/** Port and protocol, and what else tells two ports of a container apart. */
function numberOf(port: unknown): string {
  if (!isObject(port) || typeof port.containerPort !== 'number') return '';
  return `${port.containerPort}/${typeof port.protocol === 'string' ? port.protocol : 'TCP'}`;
}
