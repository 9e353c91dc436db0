import { describe, expect, test } from '@jest/globals';
import { joinWithin, tableSection } from '../../src/report/markdown.ts';

const more = (rows: number) => `${rows} more`;
const length = (text: string) => text.length;

/** A section whose rows are ten units long. */
function section(title: string, rows: number) {
  return { head: `${title}\n`, rows: Array.from({ length: rows }, () => '123456789\n'), foot: 'end\n' };
}

describe('tableSection', () => {
  test('is a table below a heading', () => {
    expect(tableSection({ title: '2 things', columns: ['A', 'B'], rows: [['1', '2']] })).toEqual([
      { head: '\n### 2 things\n\n| A | B |\n| --- | --- |\n', rows: ['| 1 | 2 |\n'], foot: '' },
    ]);
  });

  test('is a folded table', () => {
    expect(tableSection({ title: '2 things', folded: true, columns: ['A'], rows: [['1']] })).toEqual([
      {
        head: '\n<details><summary>2 things</summary>\n\n| A |\n| --- |\n',
        rows: ['| 1 |\n'],
        foot: '\n</details>\n',
      },
    ]);
  });

  test('is nothing without rows', () => {
    expect(tableSection({ title: '0 things', columns: ['A'], rows: [] })).toEqual([]);
  });
});

describe('joinWithin', () => {
  test('leaves alone what fits', () => {
    expect(joinWithin(34, length, [section('a', 1), section('b', 1)], more)).toBe(
      'a\n123456789\nend\nb\n123456789\nend\n',
    );
  });

  test('cuts between rows and closes what is open', () => {
    expect(joinWithin(40, length, [section('a', 9)], more)).toBe('a\n123456789\n123456789\n\n7 more\nend\n');
  });

  test('counts what the rows stand for that it leaves out', () => {
    const counted = { ...section('a', 9), counts: [2, 3, 1, 1, 1, 1, 1, 1, 5] };
    expect(joinWithin(40, length, [counted], more)).toBe('a\n123456789\n123456789\n\n11 more\nend\n');
  });

  test('keeps a twentieth for each section', () => {
    const text = joinWithin(2000, length, [section('a', 500), section('b', 500), section('c', 2)], more);
    expect(text.match(/^(?:[abc]|\d+ more)$/gm)).toEqual(['a', '315 more', 'b', '491 more', 'c']);
  });

  test.each([400, 1000, 5000])('never exceeds a limit of %i', (limit) => {
    for (let rows = 0; rows < 60; rows += 1) {
      const sections = [section('a', rows), section('b', 3 * rows), section('c', 1)];
      expect(joinWithin(limit, length, sections, more).length).toBeLessThanOrEqual(limit);
    }
  });
});
