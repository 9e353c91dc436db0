import { expect, test } from '@jest/globals';
import { uuid5 } from '../../src/report/uuid.ts';

test.each([
  // RFC 9562, appendix A.4.
  ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
  // Python's uuid.uuid5(uuid.NAMESPACE_URL, 'https://example.org/\u00e4').
  ['6ba7b811-9dad-11d1-80b4-00c04fd430c8', 'https://example.org/ä', 'a3dbf7e0-ef27-5dc9-ad48-bf7f82055d84'],
])('uuid5(%s, %s)', (namespace, name, expected) => {
  expect(uuid5(namespace, name)).toBe(expected);
});
