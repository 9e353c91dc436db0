import { expect, test } from '@jest/globals';
import { containsAddress, isEveryAddress, isPrivateAddress } from '../../../src/kubernetes/network/cidr.ts';

test.each<[string, string, boolean]>([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['0.0.0.0/0', '203.0.113.1', true],
  ['0.0.0.0/0', '::1', false],
  ['::/0', '2001:db8::1', true],
  ['169.254.169.254', '169.254.169.254', true],
  ['169.254.169.254/32', '169.254.169.253', false],
  ['192.168.1.128/25', '192.168.1.127', false],
  ['192.168.1.128/25', '192.168.1.128', true],
  ['fd00:ec2::/32', 'fd00:ec2::254', true],
  ['2001:db8:0:0:0:0:0:1/128', '2001:DB8::1', true],
  ['10.0.0.0/33', '10.0.0.0', false],
  ['10.0.0.0/x', '10.0.0.0', false],
  ['10.0.0/8', '10.0.0.0', false],
  ['256.0.0.0/8', '256.0.0.0', false],
  ['1::2::3/16', '1::2', false],
  ['', '', false],
])('%s contains %s: %s', (cidr, address, expected) => {
  expect(containsAddress(cidr, address)).toBe(expected);
});

test.each<[unknown, boolean]>([
  ['0.0.0.0/0', true],
  ['::/0', true],
  ['0.0.0.0/1', false],
  ['0.0.0.0', false],
  ['world/0', false],
  [0, false],
])('%j is every address: %s', (cidr, expected) => {
  expect(isEveryAddress(cidr)).toBe(expected);
});

test.each<[string, boolean]>([
  ['10.1.2.3', true],
  ['192.168.0.0/24', true],
  ['192.168.0.10-192.168.0.20', true],
  ['172.31.255.255', true],
  ['172.32.0.0', false],
  ['100.64.0.1', true],
  ['fd12::1', true],
  ['203.0.113.1', false],
  ['2001:db8::1', false],
  ['name.example.com', false],
])('%s is private: %s', (text, expected) => {
  expect(isPrivateAddress(text)).toBe(expected);
});
