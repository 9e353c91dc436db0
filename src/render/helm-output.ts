import { type SourceFile, SourceReader } from '../discover/source-file.ts';
import { isObject } from '../kubernetes/field.ts';
import type { HelmOutput, HelmResponse } from './engine/protocol.ts';

/** One document that a chart renders to. */
export interface RenderedDocument {
  readonly output: HelmOutput;
  readonly part: 'crd' | 'object' | 'hook';
  /** The whole text of the output, and where in it the document's text begins, UTF-16 units. */
  readonly whole: string;
  readonly start: number;
  readonly text: string;
  /** The document parsed; more than one inside when Helm does not see a separator. */
  readonly source: SourceFile;
}

/**
 * The documents of a rendered chart in the order in which `helm template --include-crds` prints them: the files of
 * `crds/`, objects by kind, hooks by kind. As Helm does, hooks of unknown events are left out.
 */
export function renderedDocuments(response: HelmResponse): RenderedDocument[] {
  const reader = new SourceReader();
  let count = 0;
  const read = (text: string) => reader.read(`${count++}`, text);
  const crds = response.crds.map((output): RenderedDocument => {
    const whole = decode(output.bytes);
    return { output, part: 'crd', whole, start: 0, text: whole, source: read(whole) };
  });
  const objects: Ranked[] = [];
  const hooks: Ranked[] = [];
  for (const output of response.outputs) {
    const whole = decode(output.bytes);
    for (const [start, end] of splitManifests(whole)) {
      const text = whole.slice(start, end);
      const source = read(text);
      const { kind, hook } = headOf(source);
      const document = { output, whole, start, text, source };
      if (hook === undefined) objects.push({ document: { ...document, part: 'object' }, kind });
      else if (isKnownHook(hook)) hooks.push({ document: { ...document, part: 'hook' }, kind });
    }
  }
  return [...crds, ...inInstallOrder(objects), ...inInstallOrder(hooks)];
}

/** What `helm template --include-crds` prints, to the byte. */
export function helmText(response: HelmResponse): string {
  const documents = renderedDocuments(response);
  const print = (hooks: boolean) =>
    documents
      .filter(({ part }) => (part === 'hook') === hooks)
      .map(({ output, text }) => `---\n# Source: ${output.name}\n${text}\n`)
      .join('');
  return `${trim(print(false))}\n${print(true)}`;
}

interface Ranked {
  readonly document: RenderedDocument;
  readonly kind: string;
}

/** The order of Helm's InstallOrder (helm 4, pkg/release/v1/util/kind_sorter.go); other kinds come last, by name. */
const installOrder = new Map(
  [
    'PriorityClass',
    'Namespace',
    'NetworkPolicy',
    'ResourceQuota',
    'LimitRange',
    'PodSecurityPolicy',
    'PodDisruptionBudget',
    'ServiceAccount',
    'Secret',
    'SecretList',
    'ConfigMap',
    'StorageClass',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'CustomResourceDefinition',
    'ClusterRole',
    'ClusterRoleList',
    'ClusterRoleBinding',
    'ClusterRoleBindingList',
    'Role',
    'RoleList',
    'RoleBinding',
    'RoleBindingList',
    'Service',
    'DaemonSet',
    'Pod',
    'ReplicationController',
    'ReplicaSet',
    'Deployment',
    'HorizontalPodAutoscaler',
    'StatefulSet',
    'Job',
    'CronJob',
    'IngressClass',
    'Ingress',
    'APIService',
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
  ].map((kind, index) => [kind, index] as const),
);

function inInstallOrder(list: readonly Ranked[]): RenderedDocument[] {
  const last = installOrder.size;
  return list
    .toSorted((a, b) => {
      const order = (installOrder.get(a.kind) ?? last) - (installOrder.get(b.kind) ?? last);
      if (order !== 0 || installOrder.has(a.kind)) return order;
      return Buffer.compare(Buffer.from(a.kind), Buffer.from(b.kind));
    })
    .map(({ document }) => document);
}

/** What Helm looks at when it sorts: the kind, and the hook's events. */
function headOf({ documents: [first] }: SourceFile): { kind: string; hook: string | undefined } {
  const value = first?.value;
  if (!isObject(value)) return { kind: '', hook: undefined };
  const annotations = isObject(value.metadata) ? value.metadata.annotations : undefined;
  const hook = isObject(annotations) ? annotations['helm.sh/hook'] : undefined;
  return {
    kind: typeof value.kind === 'string' ? value.kind : '',
    hook: hook === undefined ? undefined : String(hook ?? ''),
  };
}

/** Events of hooks (helm 4, pkg/release/v1/util/manifest_sorter.go). */
const hookEvents = new Set([
  'pre-install',
  'post-install',
  'pre-delete',
  'post-delete',
  'pre-upgrade',
  'post-upgrade',
  'pre-rollback',
  'post-rollback',
  'test',
  'test-success',
]);

function isKnownHook(events: string): boolean {
  return events.split(',').every((event) => hookEvents.has(trim(event).toLowerCase()));
}

/**
 * Where the documents of an output begin and end, without the white space around them. A separator is `---` at the
 * start of a line, whatever follows it.
 */
function splitManifests(text: string): [start: number, end: number][] {
  const parts: [number, number][] = [];
  const last = trimEnd(text, 0, text.length);
  let start = trimStart(text, 0, last);
  const add = (to: number) => {
    const from = trimStart(text, start, to);
    if (from < to) parts.push([from, trimEnd(text, from, to)]);
  };
  if (text.startsWith('---', start)) start = skipSpace(text, start + 3, last);
  for (;;) {
    const separator = text.indexOf('\n---', start);
    if (separator < 0 || separator >= last) break;
    add(separator);
    start = skipSpace(text, separator + 4, last);
  }
  add(last);
  return parts;
}

/** White space to Go's unicode.IsSpace. */
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function trimStart(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && space.test(text.charAt(at))) at++;
  return at;
}

function trimEnd(text: string, start: number, end: number): number {
  let at = end;
  while (at > start && space.test(text.charAt(at - 1))) at--;
  return at;
}

/** White space to Go's regular expressions. */
function skipSpace(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && /[\t\n\f\r ]/.test(text.charAt(at))) at++;
  return at;
}

function trim(text: string): string {
  const end = trimEnd(text, 0, text.length);
  return text.slice(trimStart(text, 0, end), end);
}

/** Bytes that are no UTF-8 become U+FFFD. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
