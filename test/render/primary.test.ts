import { describe, expect, test } from '@jest/globals';
import { inOrder, type Lead } from '../../src/render/primary.ts';

/** `value values.yaml:3` is what a place did for a field, and where it is; `vendored` before it says whose it is. */
function lead(text: string): Lead {
  const [, vendored, part, file = '', line] = /^(vendored )?(\S+) (\S+):(\d+)$/.exec(text) ?? [];
  return {
    part: part as Lead['part'],
    vendored: vendored !== undefined,
    file,
    start: Number(line),
    end: Number(line) + 1,
    role: 'template',
    precision: 'exact',
  };
}

const values = 'value values.yaml:3';
const prod = 'value values-prod.yaml:3';
const line = 'template templates/a.yaml:9';
const helper = 'template templates/_h.tpl:2';
const call = 'call templates/a.yaml:8';
const outerCall = 'call templates/b.yaml:7';
const override = 'override values.yaml:5';
const dependency = 'dependency Chart.yaml:6';
const subValues = 'vendored value charts/redis/values.yaml:4';
const subLine = 'vendored template charts/redis/templates/a.yaml:4';
const subHelper = 'vendored template charts/common/templates/_h.tpl:4';
const subCall = 'vendored call charts/redis/templates/b.yaml:4';
const packed = 'vendored template charts/redis-1.0.0.tgz:0';
const patch = 'written overlay/patch.yaml:5';
const base = 'written base/web.yaml:5';
const baseBefore = 'replaced base/web.yaml:5';
const patchBefore = 'replaced overlay/first.yaml:5';
const images = 'written overlay/kustomization.yaml:9';
const patches = 'via overlay/kustomization.yaml:4';
const resources = 'via overlay/kustomization.yaml:2';
const inline = 'value overlay/kustomization.yaml:12';

/** What is found, and the order in which a person looks at it. */
const cases: readonly (readonly [name: string, found: readonly string[], order: readonly string[]])[] = [
  // Charts of this repository.
  ['nothing known', [], []],
  ['a literal of a template', [line], [line]],
  ['a value of the default values', [line, values], [values, line]],
  ['the same, found in the other order', [values, line], [values, line]],
  ['a value that only values-prod.yaml sets', [line, prod], [prod, line]],
  ['a value through a helper', [helper, call, values], [values, helper, call]],
  ['a literal of a helper', [helper, call], [helper, call]],
  ['a literal of a helper, found after its call', [call, helper], [helper, call]],
  ['a helper within a helper', [helper, call, outerCall], [helper, call, outerCall]],
  ['two values in one field', [values, prod, line], [line, values, prod]],
  ['two values through a helper', [values, prod, helper, call], [helper, values, prod, call]],
  ['three values', [values, prod, 'value values.yaml:9', line], [line, values, prod, 'value values.yaml:9']],
  ['the tag of an image', [line, 'beside values.yaml:2', values], [values, line, 'beside values.yaml:2']],
  [
    'the tag of an image that a vendored template gives',
    ['beside values.yaml:2', subLine, dependency],
    [dependency, 'beside values.yaml:2', subLine],
  ],
  ['a computed text without values', [line, call], [line, call]],
  ['text of tpl of unknown origin', [call], [call]],
  ['a missing field inside a literal block', [line], [line]],
  ['a missing field inside an empty value', [values, line], [values, line]],
  ['an item of a list built by range', [line, 'value values.yaml:30'], ['value values.yaml:30', line]],
  ['a value of --set in the config', ['value .plimsoll.yaml:7', line], ['value .plimsoll.yaml:7', line]],
  ['the same place twice', [values, values.replace('value', 'beside'), line], [values, line]],
  // Vendored charts.
  [
    'a default of a vendored chart that the parent mentions',
    [subValues, override, dependency, subLine],
    [override, dependency, subValues, subLine],
  ],
  [
    'a default of a vendored chart that the parent never mentions',
    [subValues, dependency, subLine],
    [dependency, subValues, subLine],
  ],
  ['a parent’s value over a vendored chart', [values, subLine, dependency], [values, dependency, subLine]],
  ['a literal of a vendored chart', [subLine, dependency], [dependency, subLine]],
  [
    'a literal of a vendored chart’s helper',
    [subHelper, subCall, dependency],
    [dependency, subHelper, subCall],
  ],
  ['a literal of a packed chart', [packed, dependency], [dependency, packed]],
  [
    'a literal of a vendored helper in an own template',
    [subHelper, dependency, call],
    [call, dependency, subHelper],
  ],
  [
    'an own value through a vendored helper',
    [subHelper, dependency, call, values],
    [values, call, dependency, subHelper],
  ],
  [
    'two own values in a vendored template',
    [values, prod, subLine, dependency],
    [values, prod, dependency, subLine],
  ],
  [
    'an own and a vendored value in a vendored template',
    [values, subValues, override, subLine, dependency],
    [values, override, dependency, subValues, subLine],
  ],
  [
    'an own and a vendored value in an own template',
    [values, subValues, override, line],
    [line, values, override, subValues],
  ],
  [
    'a vendored value imported into an own template',
    [subValues, dependency, line],
    [line, dependency, subValues],
  ],
  ['a vendored chart that no dependency names', [subValues, subLine], [subValues, subLine]],
  ['a vendored literal that no dependency names', [subLine, subCall], [subLine, subCall]],
  [
    'own subchart in charts/',
    [line, 'value charts/api/values.yaml:2'],
    ['value charts/api/values.yaml:2', line],
  ],
  // Kustomizations.
  ['a base', [base, resources], [base, resources]],
  ['a patch over a base', [patch, patches, baseBefore], [patch, patches, baseBefore]],
  [
    'a patch over a patch over a base',
    [patch, patches, patchBefore, baseBefore],
    [patch, patches, patchBefore, baseBefore],
  ],
  ['what was replaced, found first', [baseBefore, patch], [patch, baseBefore]],
  ['an entry of images', [images, baseBefore], [images, baseBefore]],
  ['a generator', ['written overlay/kustomization.yaml:20'], ['written overlay/kustomization.yaml:20']],
  [
    'a base that another overlay brings in',
    [base, resources, 'via top/kustomization.yaml:1'],
    [base, resources, 'via top/kustomization.yaml:1'],
  ],
  [
    'values in helmCharts',
    [inline, line, 'via overlay/kustomization.yaml:10'],
    [inline, line, 'via overlay/kustomization.yaml:10'],
  ],
  [
    'a literal of a chart in helmCharts',
    [line, 'via overlay/kustomization.yaml:10'],
    [line, 'via overlay/kustomization.yaml:10'],
  ],
  ['a patch over a chart in helmCharts', [patch, patches, baseBefore], [patch, patches, baseBefore]],
];

describe('the place to edit first', () => {
  test.each(cases)('%s', (_, found, order) => {
    const origins = inOrder(found.map(lead));
    expect(origins.map(({ file, start }) => `${file}:${start}`)).toEqual(
      order.map((text) => text.replace(/^.* /, '')),
    );
  });

  test('there are enough cases, no two the same', () => {
    expect(new Set(cases.map(([name]) => name)).size).toBeGreaterThanOrEqual(40);
    const keys = cases.map(([, found]) => JSON.stringify(found));
    expect(keys.length - new Set(keys).size).toBeLessThanOrEqual(3);
  });

  test('all but the first say what they have to do with the field', () => {
    const [first, ...others] = inOrder([subLine, dependency, override, subValues, call].map(lead));
    expect(first?.note).toBeUndefined();
    expect(others.map(({ note }) => note)).toEqual([
      'included here',
      'the vendored chart comes in here',
      'set here by the vendored chart',
      'rendered here by the vendored chart',
    ]);
  });

  test('a place with words of its own keeps them', () => {
    const via: Lead = { ...lead(patches), note: 'brought in by patches[2]' };
    expect(inOrder([lead(patch), via])[1]?.note).toBe('brought in by patches[2]');
  });

  test('the chain is bounded', () => {
    const many = Array.from({ length: 100 }, (_, index) => lead(`call templates/a.yaml:${index}`));
    expect(inOrder(many)).toHaveLength(13);
  });
});
