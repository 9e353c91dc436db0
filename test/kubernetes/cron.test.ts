import { expect, test } from '@jest/globals';
import { isDuration, scheduleProblem } from '../../src/kubernetes/cron.ts';

test.each([
  '* * * * *',
  '*/15 0-6,22 ? JAN-Mar mon-fri',
  '0 0 31 12 6',
  '5/20 * * * *',
  '0  4 * *	0',
  ', * * * *',
  '@daily',
  '@midnight',
  '@every 1h30m',
])('the schedule %j is sound', (schedule) => expect(scheduleProblem(schedule)).toBeUndefined());

test.each([
  ['', 'has 0 fields, not five'],
  ['* * * *', 'has 4 fields, not five'],
  ['0 0 4 * * *', 'has 6 fields, not five'],
  ['60 * * * *', 'has 60 as minute, which takes 0 to 59'],
  ['0 24 * * *', 'has 24 as hour, which takes 0 to 23'],
  ['0 0 0 * *', 'has 0 as day of the month, which takes 1 to 31'],
  ['0 0 1 13 *', 'has 13 as month, which takes 1 to 12'],
  ['0 0 * * 7', 'has 7 as day of the week, which takes 0 to 6'],
  ['0 0 * * L', 'has L as day of the week, which takes 0 to 6'],
  ['10-5 * * * *', 'has 10-5 as minute, which takes 0 to 59'],
  ['1-2-3 * * * *', 'has 1-2-3 as minute, which takes 0 to 59'],
  ['*/0 * * * *', 'has */0 as minute, which takes 0 to 59'],
  ['1/2/3 * * * *', 'has 1/2/3 as minute, which takes 0 to 59'],
  ['-5 * * * *', 'has -5 as minute, which takes 0 to 59'],
  ['@reboot', 'is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly and @every'],
  ['@every day', 'has no duration such as 1h30m after @every'],
])('the schedule %j %s', (schedule, problem) => expect(scheduleProblem(schedule)).toBe(problem));

test.each(['0', '1h30m', '1.5s', '.5m', '-2h', '+3ms', '10µs'])('%j is a duration', (text) => {
  expect(isDuration(text)).toBe(true);
});

test.each(['', '1', '1d', '1h 30m', 'h', '1.s.', '1H', '.s'])('%j is no duration', (text) => {
  expect(isDuration(text)).toBe(false);
});
