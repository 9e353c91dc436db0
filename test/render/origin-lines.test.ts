import { describe, expect, test } from '@jest/globals';
import type { KustomizeResponse } from '../../src/render/engine/protocol.ts';
import { renderManifests } from '../../src/render/manifests.ts';
import { chartLines, type OriginLine, overlayLines, plainLines } from '../../src/render/origin-lines.ts';
import { ChartBuilder, chartTarget, sourcesOf } from './chart-builder.ts';

function print({ text, origin }: OriginLine): string {
  return origin === undefined
    ? text
    : `${text} < ${origin.file}:${origin.line} ${origin.role} ${origin.precision}`;
}

describe('each line with its place', () => {
  test('of a chart', () => {
    const template = 'c/templates/a.yaml';
    const files = {
      [template]:
        '# what\nkind: A\n{{ .x }}spec:\n  list:\n    - a: {{ .Values.a }}\n      b: 2\n  text: |\n    one\n\n    two\n  flow: {a: 1}\n',
      'c/values.yaml': 'x: 1\na: v\n',
    };
    const chart = new ChartBuilder(files);
    chart.output('c/templates/a.yaml', template, (out) =>
      out
        .text('# what\nkind: A\n')
        .text('spec:\n  list:\n    - a: ')
        .print('{{ .Values.a', 'v', { leaf: chart.leaf('c/values.yaml', 'a') })
        .text('\n      b: 2\n  text: |\n    one\n\n    two\n  flow: {a: 1}\n'),
    );
    const lines = chartLines(chartTarget('c'), chart.response(), sourcesOf(files));
    expect(lines.map(print)).toEqual([
      '---',
      '# Source: c/templates/a.yaml',
      '# what < c/templates/a.yaml:1 template exact',
      'kind: A < c/templates/a.yaml:2 template exact',
      'spec: < c/templates/a.yaml:3 template exact',
      '  list: < c/templates/a.yaml:4 template exact',
      '    - a: v < c/values.yaml:2 values exact',
      '      b: 2 < c/templates/a.yaml:6 template exact',
      '  text: | < c/templates/a.yaml:7 template exact',
      '    one < c/templates/a.yaml:8 template exact',
      '',
      '    two < c/templates/a.yaml:10 template exact',
      '  flow: {a: 1} < c/templates/a.yaml:11 template exact',
    ]);
  });

  test('of a kustomization', () => {
    const files = { 'base/a.yaml': 'a: 1\nb:\n  - c\n' };
    const origins = [1, 2, 3].map((line) => ({
      role: 'base' as const,
      file: 'base/a.yaml',
      line,
      column: line === 3 ? 5 : 1,
      via: -1,
      replaced: -1,
      also: -1,
      exact: true,
    }));
    const document = {
      bytes: Buffer.from('a: 1\nb:\n- c\n'),
      nodes: Int32Array.of(0, 0, 0, 0, 2, 1, 2, 2),
      removed: [],
    };
    const answer: KustomizeResponse = {
      documents: [document, document],
      origins,
      left: [],
      read: [],
      missing: [],
      charts: [],
    };
    const one = [
      'a: 1 < base/a.yaml:1 base exact',
      'b: < base/a.yaml:2 base exact',
      '- c < base/a.yaml:3 base exact',
    ];
    expect(overlayLines(answer, sourcesOf(files)).map(print)).toEqual([...one, '---', ...one]);
  });

  test('of plain manifests', () => {
    const files = { 'a.yaml': 'apiVersion: v1\nkind: A\n', 'b.yaml': '---\napiVersion: v1\nkind: B\n' };
    const sources = sourcesOf(files);
    const target = { kind: 'manifests', name: '.', complete: true, files: ['a.yaml', 'b.yaml'] } as const;
    expect(plainLines(renderManifests(target, sources), sources).map(print)).toEqual([
      'apiVersion: v1 < a.yaml:1 literal exact',
      'kind: A < a.yaml:2 literal exact',
      '--- < b.yaml:1 literal exact',
      'apiVersion: v1 < b.yaml:2 literal exact',
      'kind: B < b.yaml:3 literal exact',
    ]);
  });
});
