import { isDuration, scheduleProblem } from './cron.ts';
import { type Field, isObject } from './field.ts';
import {
  annotationKeyProblem,
  dataKeyProblem,
  labelProblem,
  labelValueProblem,
  objectNameProblem,
  portNameProblem,
  qualifiedNameProblem,
  variableNameProblem,
} from './names.ts';
import type { KubernetesObject } from './object.ts';
import { isPlaceholder } from './placeholder.ts';
import { isCustom } from './service.ts';
import { isTimeZone } from './time-zone.ts';
import type { Container, Pod } from './workload.ts';

/** A name or a value that the API server, or for a duration the controller, refuses. */
export interface InvalidValue {
  readonly place: Field;
  /** What it is, such as `Label value "a b"`. */
  readonly subject: string;
  /** The end of the sentence that the subject begins. */
  readonly problem: string;
}

type Test = (text: string) => string | undefined;

/**
 * The names and values of an object that have the right type and are refused all the same. Texts that are yet to be
 * filled in are left out. Sources: k8s.io/apimachinery v0.37.2, kubernetes/kubernetes v1.36.0 pkg/apis/core/validation and
 * pkg/apis/batch/validation.
 */
export function invalidValues(
  object: KubernetesObject,
  pod: Pod | undefined,
  containers: readonly Container[],
  kubernetesMinor: number,
): InvalidValue[] {
  const found = new Findings();
  const { root, groupKind, name } = object;
  const metadata = root.at('metadata');
  const spec = root.at('spec');
  found.test(metadata, 'name', 'Name', () => objectNameProblem(object, kubernetesMinor));
  if (name !== '') found.test(metadata, 'namespace', 'Namespace', labelProblem);
  found.metadata(metadata);
  if (isCustom(object)) {
    for (const field of durationsOf(groupKind)) found.test(spec, field, 'Duration', durationProblem);
    return found.all;
  }
  if (pod !== undefined) found.pod(pod, containers, kubernetesMinor);
  if (groupKind === 'Service') found.service(spec);
  if (groupKind === 'CronJob.batch') found.cronJob(spec, kubernetesMinor);
  if (groupKind === 'ConfigMap' || groupKind === 'Secret')
    for (const map of ['data', 'binaryData', 'stringData']) found.keys(root.at(map), 'Key', dataKeyProblem);
  else if (groupKind !== 'CustomResourceDefinition.apiextensions.k8s.io') found.selectors(spec);
  for (const claim of spec.at('volumeClaimTemplates').items()) found.metadata(claim.at('metadata'));
  return found.all;
}

/** Collects what is refused. A Field is made of a place only when something is wrong there. */
class Findings {
  readonly all: InvalidValue[] = [];

  /** Tests a property when it is a text that is not empty. */
  test(owner: Field, key: string, subject: string, test: Test): void {
    const text = isObject(owner.value) ? owner.value[key] : undefined;
    if (typeof text === 'string' && text !== '') this.#judge(owner, key, subject, text, test);
  }

  /** Tests a property of each item of a list. */
  items(list: Field, key: string, subject: string, test: Test): void {
    if (!Array.isArray(list.value)) return;
    for (const [index, item] of list.value.entries()) {
      const text = isObject(item) ? item[key] : undefined;
      if (typeof text === 'string' && text !== '' && test(text) !== undefined)
        this.#judge(list.at(index), key, subject, text, test);
    }
  }

  /** Tests the keys of a map. */
  keys(map: Field, subject: string, test: Test): void {
    if (isObject(map.value)) for (const key in map.value) this.#judge(map, key, subject, key, test);
  }

  labels(map: Field): void {
    if (!isObject(map.value)) return;
    for (const key in map.value) {
      this.#judge(map, key, 'Label', key, qualifiedNameProblem);
      this.test(map, key, `Value of label ${key}`, labelValueProblem);
    }
  }

  /** Labels and annotations. */
  metadata(metadata: Field): void {
    const { labels, annotations } = isObject(metadata.value) ? metadata.value : {};
    if (labels !== undefined) this.labels(metadata.at('labels'));
    if (annotations !== undefined) this.keys(metadata.at('annotations'), 'Annotation', annotationKeyProblem);
  }

  pod({ metadata, spec }: Pod, containers: readonly Container[], kubernetesMinor: number): void {
    if (metadata.parent?.key !== undefined) this.metadata(metadata);
    this.labels(spec.at('nodeSelector'));
    this.items(spec.at('volumes'), 'name', 'Volume name', labelProblem);
    for (const { field } of containers) {
      const container = isObject(field.value) ? field.value : {};
      this.test(field, 'name', 'Container name', labelProblem);
      for (const port of field.at('ports').items()) {
        this.test(port, 'name', 'Port name', portNameProblem);
        this.#portNumber(port, 'containerPort');
      }
      this.items(field.at('env'), 'name', 'Variable name', (text) =>
        variableNameProblem(text, kubernetesMinor),
      );
      for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
        const probe = container[name];
        if (isObject(probe))
          for (const action of ['httpGet', 'tcpSocket'])
            if (isObject(probe[action]))
              this.test(field.at(name, action), 'port', 'Port name', portNameProblem);
      }
    }
  }

  service(spec: Field): void {
    this.labels(spec.at('selector'));
    const ports = spec.at('ports').items();
    for (const port of ports) {
      this.test(port, 'name', 'Port name', labelProblem);
      if (ports.length > 1 && !port.at('name').exists)
        this.#add(port, 'A port', 'needs a name when the Service has several');
      this.test(port, 'targetPort', 'Port name', portNameProblem);
      this.#portNumber(port, 'port');
    }
  }

  cronJob(spec: Field, kubernetesMinor: number): void {
    this.test(spec, 'timeZone', 'Time zone', (text) =>
      isTimeZone(text)
        ? undefined
        : 'is none of the IANA time zone database, where upper and lower case count',
    );
    this.test(spec, 'schedule', 'Schedule', (text) => {
      if (!/^(?:CRON_)?TZ=\S+\s/.test(text)) return scheduleProblem(text);
      // Source: kubernetes/kubernetes#116252.
      if (kubernetesMinor < 29 && !spec.at('timeZone').exists) return undefined;
      return 'has a time zone, which belongs in timeZone';
    });
    this.metadata(spec.at('jobTemplate', 'metadata'));
  }

  /** All selectors below a field. Those of nodes know more operators. */
  selectors(top: Field): void {
    this.#selectorsBelow(top, [], top.value, false);
  }

  /** @param path from `top` to the value; it is as before when this returns. */
  #selectorsBelow(top: Field, path: (string | number)[], value: unknown, ofNodes: boolean): void {
    if (Array.isArray(value))
      for (let index = 0; index < value.length; index++)
        this.#selectorsAt(top, path, index, value[index], ofNodes);
    else if (isObject(value)) for (const key in value) this.#selectorsAt(top, path, key, value[key], ofNodes);
  }

  #selectorsAt(
    top: Field,
    path: (string | number)[],
    key: string | number,
    value: unknown,
    ofNodes: boolean,
  ): void {
    if (typeof value !== 'object' || value === null) return;
    path.push(key);
    if (key === 'matchLabels') this.labels(top.at(...path));
    else if (key === 'matchExpressions')
      for (const requirement of top.at(...path).items()) this.#requirement(requirement, ofNodes);
    else
      this.#selectorsBelow(top, path, value, ofNodes || key === 'nodeSelectorTerms' || key === 'preference');
    path.pop();
  }

  #requirement(requirement: Field, ofNodes: boolean): void {
    this.test(requirement, 'key', 'Label', qualifiedNameProblem);
    const values = requirement.at('values');
    const items = Array.isArray(values.value) ? values.value : [];
    for (const [index, text] of items.entries())
      if (typeof text === 'string' && text !== '')
        this.#judge(values, index, 'Label value', text, labelValueProblem);
    const operator = requirement.at('operator').string;
    switch (operator) {
      case undefined:
        return;
      case 'In':
      case 'NotIn':
        if (items.length === 0) this.#add(values, `Operator ${operator}`, 'needs at least one value');
        return;
      case 'Exists':
      case 'DoesNotExist':
        if (items.length > 0) this.#add(values, `Operator ${operator}`, 'takes no values');
        return;
      default:
        // The schema knows the operators of node selectors.
        if (!ofNodes)
          this.test(requirement, 'operator', 'Operator', () => 'is none of In, NotIn, Exists, DoesNotExist');
    }
  }

  #portNumber(port: Field, key: string): void {
    const value = port.valueAt(key);
    if (typeof value === 'number' && Number.isInteger(value) && (value < 1 || value > 65535))
      this.#add(port.at(key), `Port ${value}`, 'is not between 1 and 65535');
  }

  #judge(owner: Field, key: string | number, subject: string, text: string, test: Test): void {
    const problem = test(text);
    if (problem !== undefined && !isPlaceholder(text))
      this.#add(owner.at(key), `${subject} ${JSON.stringify(clip(text))}`, problem);
  }

  #add(place: Field, subject: string, problem: string): void {
    this.all.push({ place, subject, problem });
  }
}

function durationProblem(text: string): string | undefined {
  return isDuration(text)
    ? undefined
    : 'is none that Go reads, such as 30s, 5m or 24h; there is no unit for days';
}

/** Fields of `spec` that are of type metav1.Duration, by kind or by the end of the group. */
const durations: readonly { readonly of: RegExp; readonly fields: readonly string[] }[] = [
  { of: /\.toolkit\.fluxcd\.io$/, fields: ['interval', 'timeout', 'retryInterval'] },
  { of: /^Certificate\.cert-manager\.io$/, fields: ['duration', 'renewBefore'] },
  { of: /^(?:External|Push)Secret\.external-secrets\.io$/, fields: ['refreshInterval'] },
];

function durationsOf(groupKind: string): readonly string[] {
  return durations.find(({ of }) => of.test(groupKind))?.fields ?? [];
}

function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
