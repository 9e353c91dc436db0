import { describe, expect, test } from '@jest/globals';
import {
  annotationKeyProblem,
  dataKeyProblem,
  labelProblem,
  labelValueProblem,
  objectNameProblem,
  pathSegmentProblem,
  portNameProblem,
  qualifiedNameProblem,
  startsWithLetterProblem,
  subdomainProblem,
  variableNameProblem,
} from '../../src/kubernetes/names.ts';
import { readObject } from '../../src/kubernetes/object.ts';

const long = (length: number) => 'a'.repeat(length);

describe.each([
  {
    test: labelProblem,
    good: ['a', '1', 'a-b', '9a-1', long(63)],
    bad: ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a b', 'ä', long(64)],
  },
  {
    test: subdomainProblem,
    good: ['a', 'a.b-c.1', long(253)],
    bad: ['', '.a', 'a.', 'a..b', 'a.-b', 'A.b', 'a_b', long(254)],
  },
  { test: startsWithLetterProblem, good: ['a', 'a-1', long(63)], bad: ['1a', '-a', 'a-', 'a.b', long(64)] },
  { test: pathSegmentProblem, good: ['system:Reader', 'a b', '...'], bad: ['.', '..', 'a/b', 'a%b'] },
  {
    test: qualifiedNameProblem,
    good: ['a', 'A_b.C-1', 'example.com/Name', `${long(253)}/${long(63)}`],
    bad: ['', 'a/', '/a', 'a/b/c', 'Example.com/a', 'a b', '-a', 'a-', long(64), `${long(254)}/a`],
  },
  { test: annotationKeyProblem, good: ['Example.COM/Name'], bad: ['a/b/c', 'a b', long(64)] },
  {
    test: labelValueProblem,
    good: ['', 'A_b.C-1', '1.2.3', long(63)],
    bad: ['a b', '-a', 'a+b', 'a/b', long(64)],
  },
  {
    test: portNameProblem,
    good: ['http', 'h2', '8a', 'abcdefghijklmno'],
    bad: ['80', 'HTTP', 'a_b', 'a--b', '-a', 'a-', 'abcdefghijklmnop'],
  },
  {
    test: dataKeyProblem,
    good: ['a', '.a', 'A_b-c.d', long(253)],
    bad: ['', '.', '..', '..a', 'a/b', 'a b', long(254)],
  },
])('$test.name', ({ test: problem, good, bad }) => {
  test.each(good)('takes %j', (text) => expect(problem(text)).toBeUndefined());
  test.each(bad)('refuses %j', (text) => expect(problem(text)).toMatch(/^(?:has|is|may|needs) /));
});

test.each([
  ['HOME_1', 31, true],
  ['1st', 31, false],
  ['1st', 32, true],
  ['a b', 31, false],
  ['a b', 32, true],
  ['a=b', 32, false],
  ['ä', 32, false],
])('the variable %j is allowed in 1.%i: %s', (name, minor, isAllowed) => {
  expect(variableNameProblem(name, minor) === undefined).toBe(isAllowed);
});

test.each([
  ['v1', 'Pod', 'a.b', 36, true],
  ['v1', 'Namespace', 'a.b', 36, false],
  ['v1', 'Service', '1-web', 35, false],
  ['v1', 'Service', '1-web', 36, true],
  ['v1', 'Service', 'a.b', 36, false],
  ['batch/v1', 'CronJob', long(52), 36, true],
  ['batch/v1', 'CronJob', long(53), 36, false],
  ['batch/v1', 'Job', long(63), 36, true],
  ['rbac.authorization.k8s.io/v1', 'Role', 'system:A', 36, true],
  ['rbac.authorization.k8s.io/v1', 'Role', 'a/b', 36, false],
  ['example.com/v1', 'Shop', 'Shop', 36, false],
  ['image.openshift.io/v1', 'ImageStreamTag', 'web:Latest', 36, true],
])('%s %s %j in 1.%i is allowed: %s', (apiVersion, kind, name, minor, isAllowed) => {
  const object = readObject({ apiVersion, kind, metadata: { name } });
  if (object === undefined) throw new Error('no object');
  expect(objectNameProblem(object, minor) === undefined).toBe(isAllowed);
});
