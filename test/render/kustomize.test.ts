import { describe, expect, test } from '@jest/globals';
import type { OverlayTarget } from '../../src/discover/target.ts';
import type { HelmResponse, KustomizeOrigin, KustomizeResponse } from '../../src/render/engine/protocol.ts';
import { kustomizeText, overlayManifests } from '../../src/render/kustomize.ts';
import { type Files, sourcesOf, tell } from './chart-builder.ts';

const target: OverlayTarget = {
  kind: 'overlay',
  name: 'prod',
  directory: 'prod',
  complete: true,
  files: ['prod/kustomization.yaml'],
  remotes: {},
};

/** What is printed; its nodes in pre-order are root, apiVersion, kind, metadata, name, spec, hostPID. */
const printed = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  hostPID: true\n';

type Given = Partial<KustomizeOrigin>;

function response(
  origins: readonly Given[],
  { value = 0, key = 0, spec = 1 }: { value?: number; key?: number; spec?: number } = {},
  more: Partial<KustomizeResponse> = {},
): KustomizeResponse {
  const nodes = Int32Array.of(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, spec, spec, value, key);
  return {
    documents: [{ bytes: Buffer.from(printed), nodes, removed: [] }],
    origins: origins.map((each) => ({ role: 'base', via: -1, replaced: -1, also: -1, exact: true, ...each })),
    left: [],
    read: [],
    missing: [],
    charts: [],
    ...more,
  };
}

function origins(files: Files, answer: KustomizeResponse, ...path: (string | number)[]): string[] {
  const { manifests } = overlayManifests(target, answer, sourcesOf(files));
  return manifests.flatMap((each) => tell(files, each.originsOf(each.root.at('spec', ...path))));
}

const base = { 'base/pod.yaml': `# é\n${printed}` };

describe('fields of built kustomizations', () => {
  test('a base is marked by line and column', () => {
    const answer = response([{ file: 'base/pod.yaml', line: 7, column: 12 }]);
    expect(origins(base, answer, 'hostPID')).toEqual(['base/pod.yaml:7 base exact "hostPID: true"']);
  });

  test('columns count bytes', () => {
    const files = { 'base/pod.yaml': 'spec: {é: "😀", hostPID: true}\n' };
    const column = Buffer.byteLength('spec: {é: "😀", hostPID: ') + 1;
    expect(origins(files, response([{ file: 'base/pod.yaml', line: 1, column }]), 'hostPID')).toEqual([
      'base/pod.yaml:1 base exact "hostPID: true"',
    ]);
  });

  test('the second document of a file', () => {
    const files = { 'base/pod.yaml': `a: 1\n---\n${printed}` };
    expect(origins(files, response([{ file: 'base/pod.yaml', line: 8, column: 12 }]), 'hostPID')).toEqual([
      'base/pod.yaml:8 base exact "hostPID: true"',
    ]);
  });

  test('a claim that the text does not bear out is none', () => {
    const answer = response([{ file: 'base/pod.yaml', line: 5, column: 9 }]);
    expect(origins(base, answer, 'hostPID')).toEqual(['base/pod.yaml:5 base action "name: a"']);
    const modest = response([{ file: 'base/pod.yaml', line: 7, column: 12, exact: false }]);
    expect(origins(base, modest, 'hostPID')).toEqual(['base/pod.yaml:7 base action "hostPID: true"']);
  });

  test('what a patch took out is marked in the patch, and so is what was in it', () => {
    const files = { ...base, 'ov/patch.yaml': '- op: remove\n  path: /spec/securityContext\n' };
    const answer = response([
      { file: 'base/pod.yaml', line: 7, column: 12, replaced: 1 },
      { file: 'base/pod.yaml', line: 6, column: 1 },
      {
        role: 'patch',
        file: 'ov/patch.yaml',
        op: ['0', 'path'],
        line: 2,
        column: 9,
        exact: false,
        replaced: 1,
      },
    ]);
    const [document] = answer.documents;
    if (document === undefined) throw new Error('a response has a document');
    const removed = [{ node: 5, key: 'securityContext', origin: 2 }];
    const patched = { ...answer, documents: [{ ...document, removed }] };
    const places = [
      'ov/patch.yaml:2 patch action "path: /spec/securityContext"',
      'base/pod.yaml:6 base exact "spec" (the base has it here)',
    ];
    expect(origins(files, patched, 'securityContext')).toEqual(places);
    expect(origins(files, patched, 'securityContext', 'runAsNonRoot')).toEqual(places);
    expect(origins(files, patched, 'hostIPC')).toEqual(['base/pod.yaml:6 base exact "spec"']);
  });

  test('a line of an env file, whatever YAML makes of it', () => {
    for (const text of ['A=1\nB=true\n', '# b\n\tB=x\n  A: b: c\n']) {
      const files = { 'ov/app.env': text };
      const answer = response([{ role: 'generator', file: 'ov/app.env', line: 2, column: 3 }]);
      const line = text.split('\n')[1]?.trim();
      expect(origins(files, answer, 'hostPID')).toEqual([`ov/app.env:2 generator exact "${line}"`]);
    }
  });

  test('what is not there belongs to what it would be in', () => {
    const answer = response([
      { file: 'base/pod.yaml', line: 7, column: 3 },
      { file: 'base/pod.yaml', line: 6, column: 1 },
    ]);
    expect(origins(base, answer, 'hostIPC')).toEqual(['base/pod.yaml:6 base exact "spec"']);
    expect(origins(base, answer, 'hostIPC', 'deeper')).toEqual(['base/pod.yaml:6 base exact "spec"']);
  });

  test('what has no known origin belongs to what it is in, at last to the kustomization', () => {
    const answer = response([{}, { file: 'base/pod.yaml', line: 6, column: 1 }], { value: -1, key: -1 });
    expect(origins(base, answer, 'hostPID')).toEqual(['base/pod.yaml:6 base action "spec"']);
    const nothing = response([], { value: -1, key: -1, spec: -1 });
    expect(origins(base, nothing, 'hostPID')).toEqual(['prod/kustomization.yaml:1 kustomization file ""']);
  });

  test('a patch, what brought it in, and what it replaces', () => {
    const files = {
      ...base,
      'prod/kustomization.yaml': 'resources: [../base]\npatches:\n  - path: patch.yaml\n',
      'prod/patch.yaml': 'spec:\n  hostPID: true\n',
    };
    const answer = response([
      { role: 'patch', file: 'prod/patch.yaml', line: 2, column: 12, via: 1, replaced: 2 },
      { role: 'kustomization', file: 'prod/kustomization.yaml', pointer: ['patches', '0'] },
      { file: 'base/pod.yaml', line: 7, column: 12, via: 3 },
      { role: 'kustomization', file: 'prod/kustomization.yaml', pointer: ['resources', '0'] },
    ]);
    expect(origins(files, answer, 'hostPID')).toEqual([
      'prod/patch.yaml:2 patch exact "hostPID: true"',
      'prod/kustomization.yaml:3 kustomization exact "path: patch.yaml" (brought in by patches[0])',
      'base/pod.yaml:7 base exact "hostPID: true" (the base has it here)',
    ]);
  });

  test.each([
    ['a literal block', 'patch: |-\n  spec:\n    é: 1\n    hostPID: true\n', 4, 'exact "hostPID: true"'],
    [
      'a block with blank lines',
      'patch: |\n\n  spec:\n    é: 1\n    hostPID: true\n',
      5,
      'exact "hostPID: true"',
    ],
    ['one line', 'patch: "{spec: {hostPID: true}}"\n', 1, 'exact "hostPID: true"'],
    ['a folded block', 'patch: >\n  spec:\n    hostPID: true\n', 1, 'action "patch"'],
    [
      'escapes',
      'patch: "spec:\\n  hostPID: true\\n"\n',
      1,
      'action "patch: \\"spec:\\\\n  hostPID: true\\\\n\\""',
    ],
  ])('an inline patch in %s', (_, kustomization, line, expected) => {
    const files = { 'prod/kustomization.yaml': kustomization };
    const inline = kustomization.includes('"{') ? { line: 1, column: 18 } : {};
    const lines = { 'patch: |-': 3, 'patch: |': 4, 'patch: >': 2, 'patch: "spec:\\n  hostPID: true\\n"': 2 };
    const inside = lines[kustomization.split('\n', 1)[0] as keyof typeof lines];
    const answer = response([
      {
        role: 'patch',
        file: 'prod/kustomization.yaml',
        pointer: ['patch'],
        inner: true,
        line: inside ?? 1,
        column: 12,
        ...inline,
      },
    ]);
    expect(origins(files, answer, 'hostPID')).toEqual([`prod/kustomization.yaml:${line} patch ${expected}`]);
  });

  test('an operation of a JSON patch, in a file and inline', () => {
    const operations = '- op: test\n- op: add\n  path: /spec/hostPID\n  value: true\n';
    const files = {
      'prod/ops.yaml': operations,
      'prod/kustomization.yaml': `patches:\n  - patch: |-\n${operations.replace(/^(?=.)/gm, '      ')}`,
    };
    const inFile = response([{ role: 'patch', file: 'prod/ops.yaml', op: ['1', 'value'] }]);
    expect(origins(files, inFile, 'hostPID')).toEqual(['prod/ops.yaml:4 patch exact "value: true"']);
    const pointer = ['patches', '0', 'patch'];
    const inline = response([
      { role: 'patch', file: 'prod/kustomization.yaml', pointer, inner: true, op: ['1', 'value'] },
    ]);
    expect(origins(files, inline, 'hostPID')).toEqual([
      'prod/kustomization.yaml:6 patch exact "value: true"',
    ]);
  });

  test('an entry of the kustomization, and a generator', () => {
    const files = { 'prod/kustomization.yaml': 'images:\n  - name: nginx\n    newTag: latest\n' };
    for (const role of ['kustomization', 'generator'] as const) {
      const answer = response([
        { role, file: 'prod/kustomization.yaml', pointer: ['images', '0', 'newTag'], exact: false },
      ]);
      expect(origins(files, answer, 'hostPID')).toEqual([
        `prod/kustomization.yaml:3 ${role} action "newTag: latest"`,
      ]);
    }
  });

  test('a chart of helmCharts: the values of the entry, the template, the entry itself', () => {
    const template = 'spec:\n  hostPID: {{ .Values.pid }}\n';
    const files = {
      'prod/charts/a/templates/a.yaml': template,
      'prod/kustomization.yaml': 'helmCharts:\n  - name: a\n    valuesInline:\n      pid: true\n',
    };
    const literal = 'spec:\n  hostPID: ';
    const chart: HelmResponse = {
      name: 'a',
      crds: [],
      outputs: [
        {
          name: 'a/templates/a.yaml',
          source: 0,
          bytes: Buffer.from(`${literal}true\n`),
          segments: Int32Array.of(
            ...[0, 0, 0, 0, -1, -1, 0],
            ...[literal.length, 1 | (1 << 8), 0, literal.length, -1, 0, 0],
            ...[literal.length + 4, 0, 0, template.length - 1, -1, -1, 0],
          ),
        },
      ],
      sources: [{ file: 'prod/charts/a/templates/a.yaml' }],
      frames: new Int32Array(),
      leaves: [{ layer: 1, path: ['pid'] }],
      sets: [],
      read: [],
    };
    const answer = response(
      [
        { role: 'chart', line: 2, column: 12, via: 1 },
        { role: 'kustomization', file: 'prod/kustomization.yaml', pointer: ['helmCharts', '0'] },
      ],
      {},
      { charts: [chart] },
    );
    expect(origins(files, answer, 'hostPID')).toEqual([
      'prod/kustomization.yaml:4 values exact "pid: true"',
      'prod/charts/a/templates/a.yaml:2 template action "hostPID: {{ .Values.pid }}" (rendered here)',
      'prod/kustomization.yaml:2 kustomization exact "name: a" (brought in by helmCharts[0])',
    ]);
  });

  test('what has a part in a value, and what that replaced in turn', () => {
    const files = {
      ...base,
      'prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: p-\nnameSuffix: -s\n',
    };
    const answer = response([
      { file: 'base/pod.yaml', line: 7, column: 12, exact: false, also: 1 },
      { role: 'kustomization', file: 'prod/kustomization.yaml', pointer: ['nameSuffix'], replaced: 2 },
      { role: 'kustomization', file: 'prod/kustomization.yaml', pointer: ['namePrefix'] },
    ]);
    expect(origins(files, answer, 'hostPID')).toEqual([
      'base/pod.yaml:7 base action "hostPID: true"',
      'prod/kustomization.yaml:3 kustomization exact "nameSuffix: -s" (its value comes from here)',
      'prod/kustomization.yaml:2 kustomization exact "namePrefix: p-" (its value comes from here)',
    ]);
  });

  test('the entry that gives the part in question', () => {
    const kustomization = 'images:\n  - name: nginx\n    newName: registry\n    newTag: latest\n';
    const pointer = ['images', '0', 'newTag'];
    const answer = response([
      { role: 'kustomization', file: 'prod/kustomization.yaml', pointer, line: 4, column: 13, exact: false },
    ]);
    const files = { 'prod/kustomization.yaml': kustomization };
    const [manifest] = overlayManifests(target, answer, sourcesOf(files)).manifests;
    const found = manifest?.originsOf(manifest.root.at('spec', 'hostPID'), 'registry') ?? [];
    expect(tell(files, found)).toEqual([
      'prod/kustomization.yaml:3 kustomization action "newName: registry"',
    ]);
  });

  test('origins that lead in a circle end', () => {
    const answer = response([{ file: 'base/pod.yaml', line: 7, column: 12, via: 0, replaced: 0 }]);
    expect(origins(base, answer, 'hostPID')).toEqual(['base/pod.yaml:7 base exact "hostPID: true"']);
  });
});

describe('what is printed and what is left out', () => {
  test('documents stand between separators', () => {
    const [document] = response([]).documents;
    expect(document).toBeDefined();
    if (document === undefined) return;
    expect(kustomizeText(response([], {}, { documents: [document, document] }))).toBe(
      `${printed}---\n${printed}`,
    );
  });

  test('every kind of thing that is left out is a problem of its entry', () => {
    const files = { 'prod/kustomization.yaml': 'resources:\n  - a.yaml\n  - https://example.com/x\n' };
    const kinds = ['remote', 'plugin', 'function', 'chart'] as const;
    const left = kinds.map((kind) => ({
      file: 'prod/kustomization.yaml',
      pointer: ['resources', '1'],
      kind,
      text: 'https://example.com/x',
    }));
    const { problems } = overlayManifests(target, response([], {}, { left }), sourcesOf(files));
    expect(problems.map(({ kind, file, start, end }) => [kind, file, start, end])).toEqual(
      kinds.map(() => ['left-out', 'prod/kustomization.yaml', 26, 47]),
    );
    expect(problems.map(({ message }) => /(remotes:|program|chartHome)/.exec(message)?.[0])).toEqual([
      'remotes:',
      'program',
      'program',
      'chartHome',
    ]);
  });
});
