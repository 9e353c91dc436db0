import { describe, expect, test } from '@jest/globals';
import { findKustomizeParts, isKustomization } from '../../src/discover/kustomize.ts';
import { SourceReader } from '../../src/discover/source-file.ts';

/** The files that a kustomization in `apps/web` takes in. */
function parts(text: string): string[] {
  const source = new SourceReader().read('apps/web/kustomization.yaml', text);
  const found = [...findKustomizeParts([source])];
  expect(found.every(([, directory]) => directory === 'apps/web')).toBe(true);
  return found.map(([file]) => file).filter((file) => file !== 'apps/web/kustomization.yaml');
}

describe('the parts of a kustomization', () => {
  test.each<[string, string[]]>([
    [
      'resources: [pod.yaml, ./sub/b.yaml, ../base, ../../c.yaml]',
      ['apps/web/pod.yaml', 'apps/web/sub/b.yaml', 'apps/base', 'c.yaml'],
    ],
    ['bases: [../base]\ncomponents: [../tls]', ['apps/base', 'apps/tls']],
    ['patches: [{path: p.yaml}, {patch: "- op: add"}]', ['apps/web/p.yaml']],
    ['patchesStrategicMerge: [p.yaml, "a: 1\\nb: 2"]', ['apps/web/p.yaml']],
    [
      'patchesJson6902: [{path: j.json}]\nreplacements: [{path: r.yaml}]',
      ['apps/web/j.json', 'apps/web/r.yaml'],
    ],
    [
      'configMapGenerator: [{files: [a.txt, key=b.yaml], envs: [c.env], env: d.env}]',
      ['apps/web/a.txt', 'apps/web/b.yaml', 'apps/web/c.env', 'apps/web/d.env'],
    ],
    ['secretGenerator: [{files: [s.yaml]}]\nopenapi: {path: o.json}', ['apps/web/s.yaml', 'apps/web/o.json']],
    [
      'helmCharts: [{valuesFile: v.yaml, additionalValuesFiles: [w.yaml]}]',
      ['apps/web/v.yaml', 'apps/web/w.yaml'],
    ],
    ['resources: [../../../out.yaml, /etc/passwd]', []],
    ['resources: pod.yaml\npatches: 3\nconfigMapGenerator: [null]', []],
    ['[]', []],
  ])('%j', (text, expected) => {
    expect(parts(text)).toEqual(expected);
  });

  test.each([
    ['a/kustomization.yaml', true],
    ['kustomization.yml', true],
    ['a/Kustomization', true],
    ['a/my-kustomization.yaml', false],
    ['a/kustomization.yaml/b.yaml', false],
  ])('%s: %s', (path, expected) => {
    expect(isKustomization(path)).toBe(expected);
  });
});
