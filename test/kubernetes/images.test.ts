import { expect, test } from '@jest/globals';
import { type Image, imagesOf } from '../../src/kubernetes/images.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { readObject } from '../../src/kubernetes/object.ts';
import { containersOf, podOf } from '../../src/kubernetes/workload.ts';

function imagesNamedBy(value: object): readonly Image[] {
  const manifest = readObject(value);
  if (manifest === undefined) throw new Error('no object');
  const pod = podOf(manifest);
  const containers = pod === undefined ? [] : containersOf(pod);
  return imagesOf({ manifest, pod, containers, inventory: { target: new ObjectIndex([manifest]) } });
}

/** Text, full name, and the pointers to name and tag of each image of an object. */
function images(value: object): (string | undefined)[][] {
  return imagesNamedBy(value).map(({ text, name, nameAt, tagAt }) => [
    text,
    name,
    nameAt.pointer,
    tagAt.pointer,
  ]);
}

const release = (values: object) => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  spec: { values },
});
const application = (helm: object) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  spec: { source: { helm } },
});
const sha = `sha256:${'0'.repeat(64)}`;

test.each<[string, object, (string | undefined)[][]]>([
  [
    'containers and volumes',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      spec: {
        initContainers: [{ image: 'busybox:1' }],
        containers: [{ image: 'ghcr.io/team/web' }, { image: '${IMAGE}' }, {}],
        volumes: [{ image: { reference: 'models.example.com/m:1' } }, { emptyDir: {} }],
      },
    },
    [
      [
        'busybox:1',
        'docker.io/library/busybox',
        '/spec/initContainers/0/image',
        '/spec/initContainers/0/image',
      ],
      ['ghcr.io/team/web', 'ghcr.io/team/web', '/spec/containers/0/image', '/spec/containers/0/image'],
      [
        'models.example.com/m:1',
        'models.example.com/m',
        '/spec/volumes/0/image/reference',
        '/spec/volumes/0/image/reference',
      ],
    ],
  ],
  [
    'values in parts',
    release({ image: { registry: 'ghcr.io', repository: 'team/web', tag: 1.5 } }),
    [['ghcr.io/team/web:1.5', 'ghcr.io/team/web', '/spec/values/image/registry', '/spec/values/image/tag']],
  ],
  [
    'values without a registry',
    release({ image: { repository: 'team/web', digest: sha } }),
    [[`team/web@${sha}`, undefined, '/spec/values/image/repository', '/spec/values/image/tag']],
  ],
  [
    'values with the registry in the repository',
    release({ sidecars: [{ repository: 'ghcr.io/team/log', tag: 'v1' }] }),
    [
      [
        'ghcr.io/team/log:v1',
        'ghcr.io/team/log',
        '/spec/values/sidecars/0/repository',
        '/spec/values/sidecars/0/tag',
      ],
    ],
  ],
  [
    'values in one text',
    release({ image: 'ghcr.io/team/web:v1' }),
    [['ghcr.io/team/web:v1', 'ghcr.io/team/web', '/spec/values/image', '/spec/values/image']],
  ],
  ['other repositories', release({ git: { repository: 'team/web' }, chart: { repository: 'x' } }), []],
  [
    'values of an Application',
    application({ valuesObject: { image: { repository: 'ghcr.io/team/web' } } }),
    [
      [
        'ghcr.io/team/web',
        'ghcr.io/team/web',
        '/spec/source/helm/valuesObject/image/repository',
        '/spec/source/helm/valuesObject/image/tag',
      ],
    ],
  ],
  [
    'values of an Application as text',
    application({ values: 'image:\n  repository: ghcr.io/team/web\n' }),
    [['ghcr.io/team/web', 'ghcr.io/team/web', '/spec/source/helm/values', '/spec/source/helm/values']],
  ],
  ['values that are no YAML', application({ values: 'image: {' }), []],
  [
    'custom resources',
    { apiVersion: 'tekton.dev/v1', kind: 'Task', spec: { steps: [{ image: 'alpine:3' }] } },
    [['alpine:3', 'docker.io/library/alpine', '/spec/steps/0/image', '/spec/steps/0/image']],
  ],
  [
    'policies',
    { apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', spec: { rules: [{ image: 'alpine:3' }] } },
    [],
  ],
  ['other objects', { apiVersion: 'v1', kind: 'ConfigMap', data: { image: 'alpine:3' } }, []],
])('%s', (_, value, expected) => {
  expect(images(value)).toEqual(expected);
});

test('an image knows its container, and what is left to a chart', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'web', image: 'a' }] } };
  const known = [pod, release({ image: 'a' })].flatMap(imagesNamedBy);
  expect(known.map(({ container, forChart }) => [container?.name, forChart])).toEqual([
    ['web', false],
    [undefined, true],
  ]);
});
