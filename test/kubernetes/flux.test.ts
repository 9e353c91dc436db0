import { describe, expect, test } from '@jest/globals';
import { Field } from '../../src/kubernetes/field.ts';
import {
  areMostHere,
  dependencyCycles,
  isOwnSource,
  patching,
  pathInSource,
  variablesIn,
} from '../../src/kubernetes/flux.ts';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { readObject } from '../../src/kubernetes/object.ts';

function object(kind: string, name: string, spec: object, namespace = 'flux-system') {
  const group = kind === 'Kustomization' ? 'kustomize' : 'source';
  const read = readObject({
    apiVersion: `${group}.toolkit.fluxcd.io/v1`,
    kind,
    metadata: { name, namespace },
    spec,
  });
  if (read === undefined) throw new Error('no object');
  return read;
}

const kustomization = (name: string, spec: object, namespace?: string) =>
  object('Kustomization', name, spec, namespace);

describe('patching', () => {
  const isSet = patching('HelmRelease', 'spec', 'driftDetection');
  const found = (patch: object) =>
    new ObjectIndex([kustomization('all', { patches: [patch] })]).derived(isSet);
  const target = { kind: 'HelmRelease' };

  test.each([
    ['an object', { target, patch: 'spec: {driftDetection: {mode: enabled}}' }],
    ['an object that says its kind', { patch: 'kind: HelmRelease\nspec: {driftDetection: {}}' }],
    ['an object for any kind', { patch: 'spec: {driftDetection: {}}' }],
    ['an operation', { target, patch: '- {op: add, path: /spec/driftDetection, value: {}}' }],
    ['an operation below', { target, patch: '- {op: add, path: /spec/driftDetection/mode, value: warn}' }],
    ['an operation above', { target, patch: '- {op: replace, path: /spec, value: {}}' }],
    [
      'a patch in a patch',
      {
        target: { kind: 'Kustomization' },
        patch:
          'kind: Kustomization\nspec:\n  patches:\n    - {target: {kind: HelmRelease}, patch: "spec: {driftDetection: {}}"}',
      },
    ],
  ])('sees %s', (_, patch) => {
    expect(found(patch)).toBe(true);
  });

  test.each([
    ['another kind', { target: { kind: 'Deployment' }, patch: 'spec: {driftDetection: {}}' }],
    ['another field', { target, patch: '- {op: add, path: /spec/driftDetectionX, value: 1}' }],
    ['no YAML', { target, patch: ': [' }],
    ['no text', { target, patch: 7 }],
  ])('does not see %s', (_, patch) => {
    expect(found(patch)).toBe(false);
  });
});

describe('pathInSource', () => {
  test.each([
    ['./apps/shop', 'apps/shop'],
    ['/apps//shop/', 'apps/shop'],
    ['./', '.'],
    [undefined, '.'],
    ['../outside', undefined],
    ['./${cluster}', undefined],
  ])('%s is %s', (path, expected) => {
    expect(pathInSource(new Field({ path }))).toBe(expected);
  });
});

describe('areMostHere', () => {
  const here = new Set(['a', 'b', 'c', 'd']);
  test.each([
    [['a', 'b'], true],
    [['a', 'b', 'c', 'd', 'x'], true],
    [['a', 'b', 'x'], false],
    [['a'], false],
    [[], false],
  ])('%j: %s', (paths, expected) => {
    expect(areMostHere(paths, (path) => here.has(path))).toBe(expected);
  });
});

describe('isOwnSource', () => {
  const spec = (path: string, name: string) => ({ path, sourceRef: { kind: 'GitRepository', name } });
  const isOwn = (name: string, ...others: ReturnType<typeof object>[]) => {
    const users = ['./a', './b', './gone'].map((path) => kustomization(path, spec(path, name)));
    const index = new ObjectIndex([...users, ...others]);
    const isHere = (path: string) => path === 'a' || path === 'b';
    return isOwnSource(index, new Field(spec('./gone', name)), isHere);
  };

  test('the source of flux bootstrap is, when one path is here', () => {
    expect(isOwn('flux-system')).toBe(true);
  });

  test('another is not, when many paths are missing', () => {
    expect(isOwn('other')).toBe(false);
  });

  test('one that includes other repositories is not', () => {
    expect(isOwn('flux-system', object('GitRepository', 'flux-system', { include: [{}] }))).toBe(false);
  });
});

describe('variablesIn', () => {
  test('finds what has no default, once, with its place', () => {
    const texts = ['${a} ${b:=x} $${c} $d', '${a}', { key: '${e}-${1}' }];
    const found = [...variablesIn(new Field({ texts }))].map(([name, { pointer }]) => [name, pointer]);
    expect(found).toEqual([
      ['a', '/texts/0'],
      ['e', '/texts/2/key'],
    ]);
  });
});

describe('dependencyCycles', () => {
  const waitsFor = (...names: string[]) => ({ dependsOn: names.map((name) => ({ name })) });
  const cycles = (...objects: ReturnType<typeof object>[]) =>
    [...dependencyCycles(new ObjectIndex(objects)).values()].map((cycle) => cycle.map(({ name }) => name));

  test('are found from the first name on', () => {
    const found = cycles(
      kustomization('c', waitsFor('a')),
      kustomization('b', waitsFor('c', 'd')),
      kustomization('a', waitsFor('b')),
      kustomization('d', waitsFor()),
    );
    expect(found).toEqual([['a', 'b', 'c']]);
  });

  test('may have one member', () => {
    expect(cycles(kustomization('a', waitsFor('a')))).toEqual([['a']]);
  });

  test('do not lead through other namespaces, or names of which there are several', () => {
    expect(cycles(kustomization('a', waitsFor('b')), kustomization('b', waitsFor('a'), 'other'))).toEqual([]);
    const twice = [kustomization('b', waitsFor('a')), kustomization('b', waitsFor())];
    expect(cycles(kustomization('a', waitsFor('b')), ...twice)).toEqual([]);
  });

  test('are told from what is reached on two ways', () => {
    const found = cycles(
      kustomization('a', waitsFor('b', 'c')),
      kustomization('b', waitsFor('d')),
      kustomization('c', waitsFor('d')),
      kustomization('d', waitsFor()),
    );
    expect(found).toEqual([]);
  });

  test('are looked for in chains of any length', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      kustomization(`k${index}`, waitsFor(`k${index + 1}`)),
    );
    expect(cycles(...chain)).toEqual([]);
  });
});
