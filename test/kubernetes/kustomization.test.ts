import { expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import { listedSources } from '../../src/kubernetes/kustomization.ts';

test('what a kustomization lists, and where', () => {
  const kustomization = new Field({
    resources: ['a.yaml', 3],
    components: ['../tls'],
    patches: [{ path: 'p.yaml' }, { patch: '- op: add' }, null],
    configMapGenerator: [{ files: ['c.yaml'] }],
    crds: 'crd.yaml',
  });
  expect(listedSources(kustomization).map(({ pointer, value }) => [pointer, value])).toEqual([
    ['/resources/0', 'a.yaml'],
    ['/resources/1', 3],
    ['/components/0', '../tls'],
    ['/patches/0/path', 'p.yaml'],
    ['/patches/1/path', undefined],
    ['/patches/2/path', undefined],
  ]);
});
