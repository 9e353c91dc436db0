import { describe, expect, test } from '@jest/globals';
import { type BuiltinSchemas, loadBuiltinSchemas } from '../../../src/kubernetes/schema/builtin.ts';
import { objectsOf } from './objects.ts';

const schemas: BuiltinSchemas = await loadBuiltinSchemas();

function problemsOf(text: string) {
  const [object] = objectsOf(text);
  return object && schemas.problems(object);
}

/** `pointer kind message` of every problem. */
function told(text: string): string[] | undefined {
  return problemsOf(text)?.map(({ pointer, kind, message }) => `${pointer} ${kind}: ${message}`);
}

const deployment = (spec: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  selector: {matchLabels: {app: api}}
${spec.replace(/^/gm, '  ')}`;

const pod = (container: string, spec = '') => `
apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  ${spec}
  containers:
    - name: api
      ${container}`;

const template = 'template: {metadata: {labels: {app: api}}, spec: {containers: [{name: a, image: b}]}}';

describe('what is wrong with an object', () => {
  test.each([
    ['nothing', deployment(template), []],
    ['nothing: nulls of optional fields', deployment(`replicas: null\nstrategy:\n${template}`), []],
    [
      'nothing: a list item that may be empty',
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, spec: {podSelector: {}, ingress: [null]}}',
      [],
    ],
    ['nothing: an empty enum', pod('imagePullPolicy: ""'), []],
    ['nothing: a number of 64 bits', pod('image: a', 'terminationGracePeriodSeconds: 9007199254740993'), []],
    [
      'nothing: quantities',
      pod('resources: {limits: {cpu: 2, memory: 1.5Gi, x: "1e3", y: 0.1, z: " 5M "}}'),
      [],
    ],
    [
      'a string for an integer',
      deployment(`replicas: "3"\n${template}`),
      ['/spec/replicas type: spec.replicas must be an integer, but is the string "3"; remove the quotes.'],
    ],
    [
      'a fraction for an integer',
      deployment(`replicas: 1.5\n${template}`),
      ['/spec/replicas type: spec.replicas must be an integer, but is the number 1.5.'],
    ],
    [
      'too large an integer',
      deployment(`replicas: 3000000000\n${template}`),
      [
        '/spec/replicas value: spec.replicas must be an integer from -2147483648 to 2147483647, but is the number 3000000000.',
      ],
    ],
    [
      'a boolean in env',
      pod('env: [{name: DEBUG, value: true}]'),
      [
        '/spec/containers/0/env/0/value type: spec.containers[0].env[0].value must be a string, but is the boolean true; quote it: "true".',
      ],
    ],
    [
      'numbers in labels, annotations and data',
      `{apiVersion: v1, kind: ConfigMap, metadata: {labels: {a: 1}, annotations: {example.org/v: 1.10}}, data: {port: 8080}}`,
      [
        '/metadata/labels/a type: metadata.labels.a must be a string, but is the number 1; quote it: "1".',
        '/metadata/annotations/example.org~1v type: metadata.annotations["example.org/v"] must be a string, but is the number 1.1; put it in quotes.',
        '/data/port type: data.port must be a string, but is the number 8080; quote it: "8080".',
      ],
    ],
    [
      'a quoted boolean',
      pod('tty: "true"'),
      [
        '/spec/containers/0/tty type: spec.containers[0].tty must be a boolean, but is the string "true"; remove the quotes.',
      ],
    ],
    [
      'an object for a list',
      pod('ports: {containerPort: 80}'),
      ['/spec/containers/0/ports type: spec.containers[0].ports must be a list, but is an object.'],
    ],
    [
      'a list for an object',
      deployment('template: [1]'),
      ['/spec/template type: spec.template must be an object, but is a list.'],
    ],
    [
      'an empty item that needs content',
      pod('env: [null]'),
      ['/spec/containers/0/env/0 type: spec.containers[0].env[0] must be an object, but is empty.'],
    ],
    [
      'no quantity',
      pod('resources: {limits: {memory: 1Gb}}'),
      [
        '/spec/containers/0/resources/limits/memory format: spec.containers[0].resources.limits.memory must be a quantity, such as 500m or 1Gi, but is the string "1Gb".',
      ],
    ],
    [
      'neither integer nor string',
      pod('livenessProbe: {tcpSocket: {port: true}}'),
      [
        '/spec/containers/0/livenessProbe/tcpSocket/port type: spec.containers[0].livenessProbe.tcpSocket.port must be an integer or a string, but is the boolean true.',
      ],
    ],
    [
      'no enum value',
      pod('ports: [{containerPort: 80, protocol: tcp}]'),
      [
        '/spec/containers/0/ports/0/protocol enum: spec.containers[0].ports[0].protocol "tcp" is not one of SCTP, TCP, UDP; did you mean TCP?',
      ],
    ],
    [
      'an enum of many values',
      pod('lifecycle: {stopSignal: KILL}'),
      [
        '/spec/containers/0/lifecycle/stopSignal enum: spec.containers[0].lifecycle.stopSignal "KILL" is not one of SIGABRT, SIGALRM, SIGBUS, SIGCHLD, SIGCLD, SIGCONT, SIGFPE, SIGHUP, SIGILL, SIGINT, 55 others; did you mean SIGKILL?',
      ],
    ],
    [
      'no time',
      '{apiVersion: v1, kind: Namespace, metadata: {creationTimestamp: "2024-13-01T00:00:00Z"}}',
      [
        '/metadata/creationTimestamp format: metadata.creationTimestamp must be a time, such as 2006-01-02T15:04:05Z, but is the string "2024-13-01T00:00:00Z".',
      ],
    ],
    [
      'values of a Secret, which are not told',
      '{apiVersion: v1, kind: Secret, data: {password: hunter2!}, stringData: {pin: 1234}}',
      [
        '/data/password format: data.password must be base64 text, but is a string.',
        '/stringData/pin type: stringData.pin must be a string, but is a number; put it in quotes.',
      ],
    ],
    [
      'missing fields',
      deployment('template: {spec: {containers: [{image: a}]}}').replace(/selector:.*/, 'selector: null'),
      [
        '/spec/template/spec/containers/0/name required: spec.template.spec.containers[0].name is required, but is missing.',
        '/spec/selector required: spec.selector is required, but is empty.',
      ],
    ],
    [
      'the status, which the API server replaces',
      `${deployment(template)}\nstatus: {conditions: [{type: a}]}`,
      [],
    ],
  ])('%s', (_, text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  test('the type of a value in the status is read all the same', () => {
    expect(told('{apiVersion: v1, kind: Pod, status: {hostIP: 1, phase: Nonsense}}')).toEqual([
      '/status/hostIP type: status.hostIP must be a string, but is the number 1; quote it: "1".',
    ]);
  });

  test('a mistake hundreds of times is told a hundred times', () => {
    const data = Array.from({ length: 300 }, (_, index) => `key${index}: 1`).join(', ');
    expect(told(`{apiVersion: v1, kind: ConfigMap, data: {${data}}}`)).toHaveLength(100);
  });
});

describe('unknown fields', () => {
  test.each([
    ['few letters off', pod('imagee: a'), 'spec.containers[0].imagee', 'did you mean image?'],
    [
      'two letters swapped',
      pod('env: [{name: a, vlaue: b}]'),
      'spec.containers[0].env[0].vlaue',
      'did you mean value?',
    ],
    [
      'other case',
      pod('imagepullpolicy: Always'),
      'spec.containers[0].imagepullpolicy',
      'did you mean imagePullPolicy?',
    ],
    [
      'dashes',
      pod('image-pull-policy: Always'),
      'spec.containers[0].image-pull-policy',
      'did you mean imagePullPolicy?',
    ],
    [
      'a required field, which is not told missing as well',
      deployment('podTemplate: {}'),
      'spec.podTemplate',
      'did you mean template?',
    ],
    [
      'a required field, though an object around has one of this name',
      '{apiVersion: v1, kind: Service, spec: {ports: [{ports: 80}]}}',
      'spec.ports[0].ports',
      'did you mean port?',
    ],
    [
      'an object around',
      deployment(template.replace('spec: {', 'spec: {replicas: 2, ')),
      'spec.template.spec.replicas',
      'it belongs in spec.',
    ],
    [
      'one field below',
      pod('privileged: true'),
      'spec.containers[0].privileged',
      'it belongs in spec.containers[0].securityContext.',
    ],
    [
      'a list below',
      pod('containerPort: 80'),
      'spec.containers[0].containerPort',
      'it belongs in spec.containers[0].ports[].',
    ],
    [
      'two fields below',
      deployment(`${template}\nnodeSelector: {}`),
      'spec.nodeSelector',
      'it belongs in spec.template.spec.',
    ],
    ['at the top', '{apiVersion: v1, kind: ConfigMap, labels: {}}', 'labels', 'it belongs in metadata.'],
    ['nothing like it', pod('frobnicate: 1'), 'spec.containers[0].frobnicate', ''],
  ])('%s', (_, text, field, hint) => {
    const problems = problemsOf(text);
    expect(problems?.map(({ message }) => message)).toEqual([
      `Unknown field ${field}${hint === '' ? '.' : `; ${hint}`}`,
    ]);
    expect(problems?.[0]).toMatchObject({ kind: 'unknown-field', severity: 'medium' });
  });
});
