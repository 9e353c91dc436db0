import { describe, expect, test } from '@jest/globals';
import { decodeHelm, decodeKustomize, encodeRequest } from '../../../src/render/engine/wire.ts';

type Block = string | readonly number[];

/** A status or an operation, and blocks. */
function message(first: number, ...blocks: readonly Block[]): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [int32(first)];
  for (const block of blocks) {
    const bytes = typeof block === 'string' ? Buffer.from(block) : Buffer.concat(block.map(int32));
    parts.push(int32(bytes.length), bytes, Buffer.alloc(-bytes.length & 3));
  }
  return Uint8Array.from(Buffer.concat(parts));
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

const bytes = (text: string) => Uint8Array.from(Buffer.from(text));

const chartHeader = {
  name: 'c',
  outputs: [{ name: 'c/templates/a.yaml', source: 2 }],
  crds: [{ name: 'c/crds/b.yaml', source: 1 }],
  sources: [{ file: 'c/values.yaml' }],
  leaves: [{ layer: -1, path: ['a'] }],
  read: ['c/Chart.yaml'],
};
const chartBlocks: Block[] = [[1, 2, -1], [2, 4, 5, 0, 1, 6], 'abcde', [1, 769, 3, 4, -1, 6, 7], 'f', []];
const chart = {
  name: 'c',
  outputs: [
    {
      name: 'c/templates/a.yaml',
      source: 2,
      bytes: bytes('abcde'),
      segments: Int32Array.of(1, 769, 3, 4, -1, 6, 7),
    },
  ],
  crds: [{ name: 'c/crds/b.yaml', source: 1, bytes: bytes('f'), segments: new Int32Array() }],
  sources: [{ file: 'c/values.yaml' }],
  frames: Int32Array.of(1, 2, -1),
  leaves: [{ layer: -1, path: ['a'] }],
  sets: [[4, 5], [], [6]],
  read: ['c/Chart.yaml'],
};

describe('requests', () => {
  test('of a chart', () => {
    const from = { file: '.plimsoll.yaml', path: ['targets', 0] };
    const request = encodeRequest({
      op: 'helm',
      chart: 'c',
      values: [{ set: 'a=1', from }, { file: 'v.yaml' }],
      files: [
        { path: 'c/ä', bytes: bytes('12345') },
        { path: 'v.yaml', bytes: bytes('') },
      ],
    });
    const options = '{"chart":"c","values":[{"set":"a=1"},{"file":"v.yaml"}]}';
    expect(request).toEqual(message(1, options, 'c/ä', '12345', 'v.yaml', ''));
  });

  test('of a kustomization', () => {
    const request = encodeRequest({ op: 'kustomize', root: '.', remotes: { u: 'd' }, files: [] });
    expect(request).toEqual(message(2, '{"root":".","remotes":{"u":"d"}}'));
  });
});

describe('responses', () => {
  test('with a chart', () => {
    const response = message(0, JSON.stringify(chartHeader), ...chartBlocks);
    expect(decodeHelm(response)).toEqual({ ok: chart });
  });

  test('with a kustomization', () => {
    const header = {
      texts: ['base', 'a.yaml', 'chart', ''],
      paths: [['patches', '0'], ['1']],
      documents: 1,
      removed: { 0: [{ node: 0, key: 'b', origin: 1 }] },
      left: [{ file: 'k.yaml', pointer: ['helmCharts', '0'], kind: 'chart', text: 'x' }],
      read: ['k.yaml'],
      missing: ['b.yaml'],
      charts: [chartHeader],
    };
    const origins = [0, 1, 0, 0, 0, 1, 7, 8, 1, -1, 1, 3, 2, 3, 5, -4, -1, -1, 0, 0, -1, 0, -1, 0];
    const response = message(0, JSON.stringify(header), origins, 'a: 1\n', [0, 1, -1, -1], ...chartBlocks);
    const answer = decodeKustomize(response);
    if (!('ok' in answer)) throw new Error('no answer');
    const { origins: table, ...rest } = answer.ok;
    expect(rest).toEqual({
      documents: [
        {
          bytes: bytes('a: 1\n'),
          nodes: Int32Array.of(0, 1, -1, -1),
          removed: [{ node: 0, key: 'b', origin: 1 }],
        },
      ],
      left: header.left,
      read: ['k.yaml'],
      missing: ['b.yaml'],
      charts: [chart],
    });
    expect([-1, 0, 1, 2].map((index) => table.at(index))).toEqual([
      undefined,
      {
        role: 'base',
        file: 'a.yaml',
        chart: 0,
        output: 0,
        pointer: ['patches', '0'],
        op: ['1'],
        inner: true,
        line: 7,
        column: 8,
        via: 1,
        replaced: -1,
        also: 1,
        exact: true,
      },
      {
        role: 'chart',
        chart: 5,
        output: -4,
        inner: false,
        line: 0,
        column: 0,
        via: -1,
        replaced: 0,
        also: -1,
        exact: false,
      },
      undefined,
    ]);
  });

  test('with a fault', () => {
    const fault = { code: 'values', message: 'a is required', needs: [['a']] } as const;
    expect(decodeHelm(message(1, JSON.stringify(fault)))).toEqual({ fault });
    expect(decodeKustomize(message(1, JSON.stringify(fault)))).toEqual({ fault });
  });
});
