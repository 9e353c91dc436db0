import { isDuration, scheduleProblem } from './cron.ts';
import type { Field } from './field.ts';
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
  if (metadata.at('name').string)
    found.test(metadata.at('name'), 'Name', () => objectNameProblem(object, kubernetesMinor));
  if (name !== '') found.test(metadata.at('namespace'), 'Namespace', labelProblem);
  found.metadata(metadata);
  if (isCustom(object)) {
    for (const place of durationsOf(object)) found.test(place, 'Duration', durationProblem);
    return found.all;
  }
  if (pod !== undefined) found.pod(pod, containers, kubernetesMinor);
  if (groupKind === 'Service') found.service(root.at('spec'));
  if (groupKind === 'CronJob.batch') found.cronJob(root.at('spec'), kubernetesMinor);
  if (groupKind === 'ConfigMap' || groupKind === 'Secret')
    for (const map of ['data', 'binaryData', 'stringData'])
      for (const entry of root.at(map).properties()) found.key(entry, 'Key', dataKeyProblem);
  else if (groupKind !== 'CustomResourceDefinition.apiextensions.k8s.io')
    found.selectors(root.at('spec'), false);
  for (const claim of root.at('spec', 'volumeClaimTemplates').items()) found.metadata(claim.at('metadata'));
  return found.all;
}

/** Collects what is refused. */
class Findings {
  readonly all: InvalidValue[] = [];

  /** Tests a text that is not empty. */
  test(place: Field, subject: string, test: Test): void {
    if (place.string) this.#judge(place, subject, place.string, test);
  }

  /** Tests the key of a property. */
  key(entry: Field, subject: string, test: Test): void {
    this.#judge(entry, subject, String(entry.key), test);
  }

  labels(map: Field): void {
    for (const label of map.properties()) {
      this.key(label, 'Label', qualifiedNameProblem);
      this.test(label, `Value of label ${label.key}`, labelValueProblem);
    }
  }

  /** Labels and annotations. */
  metadata(metadata: Field): void {
    this.labels(metadata.at('labels'));
    for (const annotation of metadata.at('annotations').properties())
      this.key(annotation, 'Annotation', annotationKeyProblem);
  }

  pod({ metadata, spec }: Pod, containers: readonly Container[], kubernetesMinor: number): void {
    if (metadata.parent?.key !== undefined) this.metadata(metadata);
    this.labels(spec.at('nodeSelector'));
    for (const volume of spec.at('volumes').items())
      this.test(volume.at('name'), 'Volume name', labelProblem);
    for (const { field } of containers) {
      this.test(field.at('name'), 'Container name', labelProblem);
      for (const port of field.at('ports').items()) {
        this.test(port.at('name'), 'Port name', portNameProblem);
        this.#portNumber(port.at('containerPort'));
      }
      for (const variable of field.at('env').items())
        this.test(variable.at('name'), 'Variable name', (text) => variableNameProblem(text, kubernetesMinor));
      for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'])
        if (field.at(probe).exists)
          for (const action of ['httpGet', 'tcpSocket'])
            this.test(field.at(probe, action, 'port'), 'Port name', portNameProblem);
    }
  }

  service(spec: Field): void {
    this.labels(spec.at('selector'));
    const ports = spec.at('ports').items();
    for (const port of ports) {
      const name = port.at('name');
      this.test(name, 'Port name', labelProblem);
      if (!name.exists && ports.length > 1)
        this.#add(port, 'A port', 'needs a name when the Service has several');
      this.test(port.at('targetPort'), 'Port name', portNameProblem);
      this.#portNumber(port.at('port'));
    }
  }

  cronJob(spec: Field, kubernetesMinor: number): void {
    const zone = spec.at('timeZone');
    this.test(zone, 'Time zone', (text) =>
      isTimeZone(text)
        ? undefined
        : 'is none of the IANA time zone database, where upper and lower case count',
    );
    this.test(spec.at('schedule'), 'Schedule', (text) => {
      if (!/^(?:CRON_)?TZ=\S+\s/.test(text)) return scheduleProblem(text);
      // Source: kubernetes/kubernetes#116252.
      if (kubernetesMinor < 29 && !zone.exists) return undefined;
      return 'has a time zone, which belongs in timeZone';
    });
    this.metadata(spec.at('jobTemplate', 'metadata'));
  }

  /** The selectors below a field. `ofNodes`: whether they select nodes, which know more operators. */
  selectors(field: Field, ofNodes: boolean): void {
    const children = Array.isArray(field.value) ? field.items() : field.properties();
    for (const child of children.filter(holdsMore))
      if (child.key === 'matchLabels') this.labels(child);
      else if (child.key === 'matchExpressions')
        for (const requirement of child.items()) this.#requirement(requirement, ofNodes);
      else this.selectors(child, ofNodes || child.key === 'nodeSelectorTerms' || child.key === 'preference');
  }

  #requirement(requirement: Field, ofNodes: boolean): void {
    this.test(requirement.at('key'), 'Label', qualifiedNameProblem);
    const values = requirement.at('values');
    for (const value of values.items()) this.test(value, 'Label value', labelValueProblem);
    const operator = requirement.at('operator');
    const count = values.items().length;
    const known = ['In', 'NotIn', 'Exists', 'DoesNotExist'];
    switch (operator.string) {
      case undefined:
        return;
      case 'In':
      case 'NotIn':
        if (count === 0) this.#add(values, `Operator ${operator.string}`, 'needs at least one value');
        return;
      case 'Exists':
      case 'DoesNotExist':
        if (count > 0) this.#add(values, `Operator ${operator.string}`, 'takes no values');
        return;
      default:
        // The schema knows the operators of node selectors.
        if (!ofNodes) this.test(operator, 'Operator', () => `is none of ${known.join(', ')}`);
    }
  }

  #portNumber(place: Field): void {
    const { value } = place;
    if (typeof value === 'number' && Number.isInteger(value) && (value < 1 || value > 65535))
      this.#add(place, `Port ${value}`, 'is not between 1 and 65535');
  }

  #judge(place: Field, subject: string, text: string, test: Test): void {
    const problem = test(text);
    if (problem !== undefined && !isPlaceholder(text))
      this.#add(place, `${subject} ${JSON.stringify(clip(text))}`, problem);
  }

  #add(place: Field, subject: string, problem: string): void {
    this.all.push({ place, subject, problem });
  }
}

/** Whether a field is a map or a list. */
function holdsMore({ value }: Field): boolean {
  return typeof value === 'object' && value !== null;
}

function durationProblem(text: string): string | undefined {
  return isDuration(text)
    ? undefined
    : 'is none that Go reads, such as 30s, 5m or 24h; there is no unit for days';
}

/** Fields of type metav1.Duration, by kind or by the end of the group. */
const durations: readonly { readonly of: RegExp; readonly fields: readonly string[] }[] = [
  { of: /\.toolkit\.fluxcd\.io$/, fields: ['interval', 'timeout', 'retryInterval'] },
  { of: /^Certificate\.cert-manager\.io$/, fields: ['duration', 'renewBefore'] },
  { of: /^(?:External|Push)Secret\.external-secrets\.io$/, fields: ['refreshInterval'] },
];

function durationsOf({ groupKind, root }: KubernetesObject): Field[] {
  return durations
    .filter(({ of }) => of.test(groupKind))
    .flatMap(({ fields }) => fields.map((name) => root.at('spec', name)));
}

function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
