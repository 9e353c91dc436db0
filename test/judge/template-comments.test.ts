import { describe, expect, test } from '@jest/globals';
import { suppress } from '../../src/judge/suppress.ts';
import { findTemplateComments } from '../../src/judge/template-comments.ts';
import { candidate, location, ruleIds } from './candidates.ts';

/** The lines of a template on which a finding would be suppressed. */
function silenced(text: string): number[] {
  const comments = [{ file: 'c/templates/a.yaml', text, ...findTemplateComments(text) }];
  const candidates = text
    .split('\n')
    .map((_, index) => candidate({ rule: 'pod/host-pid', file: 'c/templates/a.yaml', line: index + 1 }));
  const { suppressions } = suppress(candidates, {
    comments,
    annotated: [],
    waivers: [],
    importSuppressions: false,
    configFile: undefined,
    ruleIds,
    today: '2026-06-15',
  });
  return candidates.filter((each) => suppressions.has(each)).map((each) => each.location.line);
}

const ignore = 'plimsoll-ignore pod/host-pid: needed';

describe('comments in templates', () => {
  test.each<[string, string, number[]]>([
    ['at the end of its line', `a: 1\nb: {{ .x }} # ${ignore}\nc: 1\n`, [2]],
    ['above its line', `a: 1\n# ${ignore}\nb: {{ .x }}\nc: 1\n`, [3]],
    ['of the template, above', `a: 1\n{{/* ${ignore} */}}\nb: 1\n`, [3]],
    ['of the template with trim marks', `a: 1\n  {{- /* ${ignore} */ -}}\nb: 1\n`, [3]],
    ['of the template, at the end', `a: 1\nb: 1 {{/* ${ignore} */}}\n`, [2]],
    ['of the template on several lines', `a: 1\n{{/*\n${ignore}\n*/}}\nb: 1\n`, [5]],
    ['above a control structure', `a: 1\n# ${ignore}\n{{- if .x }}\nb: 1\n{{- end }}\n`, [4]],
    ['above other comments', `a: 1\n{{/* ${ignore} */}}\n# b is needed\nb: 1\n`, [4]],
    ['above the first line: all', `# ${ignore}\na: 1\nb: 1\n`, [2, 3]],
    [
      'above the first line, behind a condition: all',
      `{{- if .x }}\n# ${ignore}\na: 1\nb: 1\n{{- end }}\n`,
      [3, 4],
    ],
    [
      'above the first line of a document: its lines',
      `z: 1\n---\n# ${ignore}\na: 1\nb: 1\n---\nc: 1\n`,
      [4, 5],
    ],
    ['an action above is no comment of ours', `a: 1\n{{ $x := 1 }} {{ $y := 2 }}\nb: 1\n`, []],
    ['not at all', `a: "#${ignore}"\nb: 1\n`, []],
  ])('%s', (_, text, lines) => {
    expect(silenced(text)).toEqual(lines);
  });

  test('many actions on a line take no time', () => {
    const line = `${'{{}}'.repeat(2000)}x\n`;
    expect(findTemplateComments(`${line}# ${ignore}\na: 1\n`).comments.map(({ text }) => text)).toEqual([
      `# ${ignore}`,
    ]);
  });
});

test('a comment at the template line holds for a finding in the values', () => {
  const inValues = {
    ...candidate({ rule: 'pod/host-pid', file: 'c/values.yaml', line: 9 }),
    printedAt: [location('c/templates/a.yaml', 2)],
  };
  const text = `a: 1\nb: 1 # ${ignore}\n`;
  const { suppressions, unused } = suppress([inValues], {
    comments: [{ file: 'c/templates/a.yaml', text, ...findTemplateComments(text) }],
    annotated: [],
    waivers: [],
    importSuppressions: false,
    configFile: undefined,
    ruleIds,
    today: '2026-06-15',
  });
  expect(suppressions.get(inValues)).toEqual({ by: 'comment', reason: 'needed' });
  expect(unused).toEqual([]);
});
