import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultLimits, parseFully } from '../../src/yaml/parse.ts';
import { readSimple, readSimpleValues } from '../../src/yaml/simple.ts';
import type { YamlDocument } from '../../src/yaml/tree.ts';
import { edited, generator } from '../random.ts';

const seeds = [
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a-b\n  labels: {app: web, "x": \'y\'}\nspec:\n  containers:\n  - name: app # c\n    args: ["-v", a]\n    command:\n      - sh\n      - -c\n',
  '---\n# head\na: |\n  one\n\n  two\n\nb: >-\n  folded\n  text\nc:\n- x\n-   y: 1\n    z: [1, [2]]\n---\nd: "e\\n\\u0041"\n\'f\': it\n',
  'list:\n  - plain text\n    goes on\n\n    and on\n  - yes\n  - 0755\nempty:\nnested:\n    deep:\n      deeper: {}\n',
];
const alphabet = [
  ...'ab:-#{}[]"\'|>&*!%@`,?~ \n\t\r\\',
  ': ',
  ' #',
  '\n  ',
  '\n- ',
  '---\n',
  '...\n',
  '"\n',
  '\u00e9',
  '\u{1f600}',
];

/** What the two readers say of a text; undefined when the simple one leaves it to the other. */
function disagreement(text: string): string | undefined {
  const simple = readSimple(text, defaultLimits.depth);
  if (simple === undefined) return undefined;
  const show = (value: unknown) =>
    JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item));
  const [fast, full] = [show({ documents: simple, problems: [] }), show(parseFully(text))];
  if (fast !== full) return `${JSON.stringify(text)}\n${fast}\n${full}`;
  const bare = ({ value, start, end }: YamlDocument) => ({ value, start, end });
  const values = show(readSimpleValues(text, defaultLimits.depth)?.map(bare));
  return values === show(simple.map(bare)) ? undefined : `${JSON.stringify(text)}\n${values}`;
}

describe('the simple reader builds what the full parser builds', () => {
  test('on texts with seeded edits', () => {
    const random = generator(20_261_121);
    const differing: string[] = [];
    let read = 0;
    for (let round = 0; round < 8_000; round++) {
      const text = edited(seeds[random(seeds.length)] ?? '', 3, alphabet, random);
      if (readSimple(text, defaultLimits.depth) !== undefined) read++;
      const found = disagreement(text);
      if (found !== undefined) differing.push(found);
    }
    expect(differing).toEqual([]);
    expect(read).toBeGreaterThan(1_000);
  });

  test('on all fixtures', () => {
    const files = readdirSync('__fixtures__', { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.ya?ml$/.test(file),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(
      files.map((file) => disagreement(readFileSync(join('__fixtures__', file), 'utf8'))).filter(Boolean),
    ).toEqual([]);
  });

  test('nesting beyond the limit is left to the full parser', () => {
    const deep = Array.from({ length: 40 }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
    expect(readSimple(deep, 50)).toBeDefined();
    expect(readSimple(deep, 30)).toBeUndefined();
  });
});
