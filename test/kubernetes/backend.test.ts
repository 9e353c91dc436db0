import { expect, test } from '@jest/globals';
import { backendsOf, hasPort, portsOf } from '../../src/kubernetes/backend.ts';
import { Field } from '../../src/kubernetes/field.ts';
import { readObject } from '../../src/kubernetes/object.ts';

const named = (apiVersion: string, kind: string, spec: unknown) => {
  const object = readObject({ apiVersion, kind, metadata: { name: 'x', namespace: 'shop' }, spec });
  return (object === undefined ? [] : backendsOf(object)).map(
    ({ service, namespace, port }) => `${namespace}/${service}:${port.value ?? ''}`,
  );
};

test.each<[string, string, unknown, string[]]>([
  [
    'networking.k8s.io/v1',
    'Ingress',
    { defaultBackend: { service: { name: 'a', port: { name: 'http' } } } },
    ['shop/a:http'],
  ],
  ['extensions/v1beta1', 'Ingress', { backend: { serviceName: 'a', servicePort: 80 } }, ['shop/a:80']],
  [
    'gateway.networking.k8s.io/v1',
    'HTTPRoute',
    {
      rules: [
        {
          backendRefs: [
            { name: 'a', namespace: 'b', port: 80 },
            { name: 'c', kind: 'ServiceImport' },
          ],
          filters: [{ requestMirror: { backendRef: { name: 'm', port: 81 } } }],
        },
      ],
    },
    ['b/a:80', 'shop/m:81'],
  ],
  [
    'networking.istio.io/v1',
    'VirtualService',
    {
      http: [
        {
          route: [
            { destination: { host: 'a', port: { number: 80 } } },
            { destination: { host: 'b.office.svc.cluster.local' } },
            { destination: { host: 'api.example.com' } },
          ],
        },
      ],
    },
    ['shop/a:80', 'office/b:'],
  ],
  [
    'route.openshift.io/v1',
    'Route',
    { to: { name: 'a' }, alternateBackends: [{ name: 'b' }] },
    ['shop/a:', 'shop/b:'],
  ],
  ['projectcontour.io/v1', 'HTTPProxy', { routes: [{ services: [{ name: 'a', port: 80 }] }] }, ['shop/a:80']],
  ['networking.k8s.io/v1', 'Ingress', { rules: 'x' }, []],
  ['v1', 'Service', {}, []],
])('%s %s', (apiVersion, kind, spec, expected) => {
  expect(named(apiVersion, kind, spec)).toEqual(expected);
});

const service = new Field({ spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }, { port: 81 }] } });

test.each<[unknown, boolean, boolean]>([
  [80, false, true],
  ['80', false, true],
  ['http', false, true],
  [8080, false, false],
  [8080, true, true],
  ['web', true, false],
  [undefined, false, true],
])('port %j, of pods too: %s', (port, takesTargetPort, expected) => {
  const place = new Field(undefined);
  const backend = { service: 'a', namespace: 'b', place, port: new Field(port), takesTargetPort };
  expect(hasPort(service, backend)).toBe(expected);
});

test('ports as messages list them', () => {
  expect(portsOf(service)).toBe('http (80), 81');
});
