import { describe, expect, test } from '@jest/globals';
import { ObjectIndex } from '../../src/kubernetes/inventory.ts';
import { type KubernetesObject, readObject } from '../../src/kubernetes/object.ts';
import { overlaps } from '../../src/kubernetes/selector-overlap.ts';

type Labels = Readonly<Record<string, string>>;

/** A Deployment, with a note of every time its selector is read. */
function deployment(name: string, selector: Labels, labels: Labels, namespace = 'shop', onRead = () => {}) {
  const spec = {
    get selector() {
      onRead();
      return { matchLabels: selector };
    },
    template: { metadata: { labels } },
  };
  const object = readObject({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec,
  });
  if (object === undefined) throw new Error('no object');
  return object;
}

const found = (...objects: KubernetesObject[]) =>
  [...overlaps(new ObjectIndex(objects))].map(([one, other]) => `${one.name} ${other.name}`);

describe('overlaps', () => {
  test('of two that select each other the later one', () => {
    const labels = { app: 'shop' };
    expect(found(deployment('a', labels, labels), deployment('b', labels, labels))).toEqual(['b a']);
  });

  test('the one whose selector says less', () => {
    const worker = { app: 'shop', part: 'worker' };
    expect(found(deployment('a', { app: 'shop' }, { app: 'shop' }), deployment('b', worker, worker))).toEqual(
      ['a b'],
    );
  });

  test('not across namespaces, nor of two definitions of one object', () => {
    const labels = { app: 'shop' };
    expect(
      found(
        deployment('a', labels, labels),
        deployment('b', labels, labels, 'other'),
        deployment('a', labels, labels),
      ),
    ).toEqual([]);
  });

  test.each([1000, 10_000])('of %i looks at each a bounded number of times', (count) => {
    for (const labelsOf of [() => ({ app: 'shop' }), (at: number) => ({ app: 'shop', at: String(at) })]) {
      let reads = 0;
      const objects = Array.from({ length: count }, (_, at) =>
        deployment(`d${at}`, labelsOf(at), labelsOf(at), 'shop', () => {
          reads++;
        }),
      );
      overlaps(new ObjectIndex(objects));
      expect(reads).toBeLessThan(20 * count);
    }
  });
});
