import { describe, expect, test } from '@jest/globals';
import { codeFrame } from '../../src/report/code-frame.ts';

/** Frames `text` with the mark at «…» and shows both lines. */
function frame(text: string, width = 40): string[] {
  const from = text.indexOf('«');
  const to = text.indexOf('»') - 1;
  const { code, carets } = codeFrame(text.replace(/[«»]/g, ''), from, to, width);
  return [code, carets];
}

describe('codeFrame', () => {
  test.each<[string, string, [string, string]]>([
    ['indentation is left out', '      «privileged»: true', ['privileged: true', '^^^^^^^^^^']],
    ['a list item', '  - «name»: app', ['- name: app', '  ^^^^']],
    ['a marked indentation stays', '«  a»: b', ['  a: b', '^^^']],
    ['tabs inside take two columns', 'a:\t«b»', ['a:  b', '    ^']],
    ['wide characters take two columns', '船: «船舶» # x', ['船: 船舶 # x', '    ^^^^']],
    ['emoji take two columns', '🚢: «🚢»', ['🚢: 🚢', '    ^^']],
    ['combining characters take none', 'e\u0301: «e\u0301»x', ['e\u0301: e\u0301x', '   ^']],
    ['control characters are escaped', 'a\u001b: «b\u202e»', ['a\\u001b: b\\u202e', '         ^^^^^^^']],
    ['workflow commands are escaped', 'x ##[a «b»', ['x #\\u0023[a b', '            ^']],
    ['an empty mark gets one caret', 'abc«»', ['abc', '   ^']],
    ['an empty line', '«»', ['', '^']],
    ['a mark in white space at the end', 'abc  «  »', ['abc', '   ^']],
  ])('%s', (_, text, expected) => {
    expect(frame(text)).toEqual(expected);
  });

  test.each<[string, string, [string, string]]>([
    ['before the mark', `${'x'.repeat(50)}«mark»`, ['…xxxxxxmark', '       ^^^^']],
    ['after the mark', `  «mark»${'x'.repeat(50)}`, [`mark${'x'.repeat(14)}…`, '^^^^']],
    [
      'on both sides',
      `${'x'.repeat(50)}«mark»${'y'.repeat(50)}`,
      [`…xxxxxxmark${'y'.repeat(8)}…`, '       ^^^^'],
    ],
    ['inside the mark', `a«${'m'.repeat(50)}»`, [`a${'m'.repeat(17)}…`, ` ${'^'.repeat(17)}`]],
    ['between wide characters', `${'船'.repeat(50)}«a»`, ['…船船船a', '       ^']],
  ])('a long line is cut %s', (_, text, expected) => {
    expect(frame(text, 20)).toEqual(expected);
  });

  test('never wider than told, wherever the mark is', () => {
    const text = `  ${'ab\t船🚢\u0007'.repeat(30)}`;
    for (let from = 0; from < text.length; from += 1) {
      const { code, carets } = codeFrame(text, from, from + 5, 30);
      expect(code.replaceAll('船', 'ww').length).toBeLessThanOrEqual(30);
      expect(carets).toMatch(/^ *\^+$/);
      expect(carets.length).toBeLessThanOrEqual(30);
    }
  });

  test('a line of ten million characters is shown around the mark', () => {
    const text = `${'x'.repeat(5_000_000)}mark${'x'.repeat(5_000_000)}`;
    const { code, carets } = codeFrame(text, 5_000_000, 5_000_004, 30);
    expect(code).toBe('…xxxxxxxxxxmarkxxxxxxxxxxxxxx…');
    expect(carets).toBe('           ^^^^');
  });
});
