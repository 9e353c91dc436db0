import { describe, expect, test } from '@jest/globals';
import { httpRouteOf } from '../../src/kubernetes/http-route.ts';
import { readObject } from '../../src/kubernetes/object.ts';

const ingress = 'networking.k8s.io/v1 Ingress';
const traefik = 'traefik.io/v1alpha1 IngressRoute';
const route = 'route.openshift.io/v1 Route';
const proxy = 'projectcontour.io/v1 HTTPProxy';
const host = (match: string, more: object = {}) => ({ routes: [{ match, ...more }] });

function read(kind: string, spec: unknown, annotations: object = {}) {
  const [apiVersion = '', name = ''] = kind.split(' ');
  const object = readObject({ apiVersion, kind: name, metadata: { annotations }, spec });
  const found = object && httpRouteOf(object);
  return found && { tls: found.tls.pointer, secured: found.secured, hosts: found.hosts };
}

describe('httpRouteOf', () => {
  test.each<[string, unknown, string, boolean, string[]]>([
    [ingress, { rules: [{ host: 'a.example.com' }, {}] }, '/spec/tls', false, ['a.example.com', '']],
    [ingress, { tls: [{}] }, '/spec/tls', true, []],
    [ingress, { tls: [] }, '/spec/tls', false, []],
    [ingress, { tls: 'x', rules: 'x' }, '/spec/tls', false, []],
    [traefik, host('Host(`a`, `b`) && PathPrefix(`/c`) || Host("d")'), '/spec/tls', false, ['a', 'b', 'd']],
    [traefik, host('PathPrefix(`/`)'), '/spec/tls', false, ['']],
    [traefik, host('HostRegexp(`.+`)'), '/spec/tls', false, ['']],
    [traefik, { tls: {} }, '/spec/tls', true, []],
    [traefik, { entryPoints: ['web'] }, '/spec/tls', false, []],
    [traefik, { entryPoints: ['websecure'] }, '/spec/tls', true, []],
    [traefik, { entryPoints: ['web', 'websecure'] }, '/spec/tls', false, []],
    [traefik, host('Host(`a`)', { middlewares: [{ name: 'redirect' }] }), '/spec/tls', true, ['a']],
    [traefik, host('Host(`a`)', { middlewares: [{ name: 'auth' }] }), '/spec/tls', false, ['a']],
    [route, { host: 'a' }, '/spec/tls', false, ['a']],
    [route, { tls: { termination: 'edge' } }, '/spec/tls', true, ['']],
    [proxy, { virtualhost: { fqdn: 'a' } }, '/spec/virtualhost/tls', false, ['a']],
    [proxy, { virtualhost: { fqdn: 'a', tls: { passthrough: true } } }, '/spec/virtualhost/tls', true, ['a']],
  ])('%s %j', (kind, spec, tls, secured, hosts) => {
    expect(read(kind, spec)).toEqual({ tls, secured, hosts });
  });

  test.each([
    [{ 'nginx.ingress.kubernetes.io/ssl-passthrough': 'true' }, true],
    [{ 'nginx.ingress.kubernetes.io/ssl-passthrough': 'false' }, false],
    [{ 'alb.ingress.kubernetes.io/certificate-arn': '' }, false],
    [{ 'nginx.ingress.kubernetes.io/ssl-redirect': 'true' }, false],
  ])('an Ingress with %j', (annotations, secured) => {
    expect(read(ingress, {}, annotations)).toEqual({ tls: '/spec/tls', secured, hosts: [] });
  });

  test.each([
    [proxy, { routes: [] }],
    [ingress, undefined],
    ['gateway.networking.k8s.io/v1 HTTPRoute', {}],
    ['v1 constructor', {}],
  ])('%s %j is none', (kind, spec) => {
    expect(read(kind, spec)).toBeUndefined();
  });

  test('a huge rule without an end names no host', () => {
    expect(read(traefik, host('Host('.repeat(2_000_000)))?.hosts).toEqual(['']);
  });
});
