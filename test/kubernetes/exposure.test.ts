import { expect, test } from '@jest/globals';
import { exposureOf } from '../../src/kubernetes/exposure.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';

function read(
  apiVersion: string,
  kind: string,
  name: string,
  spec: object,
  namespace = 'shop',
): KubernetesObject {
  const object = readObject({ apiVersion, kind, metadata: { name, namespace }, spec });
  if (object === undefined) throw new Error('no object');
  return object;
}

const service = (spec: object = {}) => read('v1', 'Service', 'web', { selector: { app: 'web' }, ...spec });
const ingress = (spec: object, namespace?: string) =>
  read('networking.k8s.io/v1', 'Ingress', 'way', spec, namespace);
const toWeb = { defaultBackend: { service: { name: 'web' } } };

test.each<[string, KubernetesObject[], string | undefined]>([
  ['a Service within the cluster', [service()], undefined],
  ['a load balancer', [service({ type: 'LoadBalancer' })], 'Service'],
  ['a node port', [service({ type: 'NodePort' })], 'Service'],
  ['an external address', [service({ externalIPs: ['192.0.2.1'] })], 'Service'],
  [
    'a Service for other pods',
    [service({ type: 'NodePort', selector: { app: 'web', tier: 'back' } })],
    undefined,
  ],
  ['a Service without a selector', [service({ type: 'NodePort', selector: {} })], undefined],
  [
    'a Service of another namespace',
    [read('v1', 'Service', 'web', { type: 'NodePort', selector: { app: 'web' } }, 'office')],
    undefined,
  ],
  ['an Ingress', [service(), ingress(toWeb)], 'Ingress'],
  [
    'an Ingress for a path',
    [service(), ingress({ rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }] })],
    'Ingress',
  ],
  [
    'an Ingress of old',
    [
      service(),
      read('extensions/v1beta1', 'Ingress', 'way', {
        rules: [{ http: { paths: [{ backend: { serviceName: 'web' } }] } }],
      }),
    ],
    'Ingress',
  ],
  [
    'an Ingress to another Service',
    [service(), ingress({ defaultBackend: { service: { name: 'api' } } })],
    undefined,
  ],
  ['an Ingress of another namespace', [service(), ingress(toWeb, 'office')], undefined],
  [
    'a route of a Gateway',
    [
      service(),
      read('gateway.networking.k8s.io/v1', 'HTTPRoute', 'way', {
        rules: [{ backendRefs: [{ name: 'web' }] }],
      }),
    ],
    'HTTPRoute',
  ],
  [
    'a route of OpenShift',
    [service(), read('route.openshift.io/v1', 'Route', 'way', { to: { kind: 'Service', name: 'web' } })],
    'Route',
  ],
  [
    'a route of Traefik',
    [
      service(),
      read('traefik.io/v1alpha1', 'IngressRoute', 'way', { routes: [{ services: [{ name: 'web' }] }] }),
    ],
    'IngressRoute',
  ],
])('%s', (_, objects, kind) => {
  const exposure = exposureOf(new ObjectIndex(objects));
  const labels = new Map([
    ['version', '1'],
    ['app', 'web'],
  ]);
  expect(exposure.of(labels, 'shop')?.kind).toBe(kind);
});
