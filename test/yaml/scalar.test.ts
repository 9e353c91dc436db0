import { describe, expect, test } from '@jest/globals';
import { resolvePlain } from '../../src/yaml/scalar.ts';

// Expected values: what sigs.k8s.io/yaml makes of the scalar (goyaml.v2, resolve.go).
describe('plain scalars are read as the API server reads them', () => {
  test.each<[string, unknown]>([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['TRUE', true],
    ['n', false],
    ['OFF', false],
    ['yEs', 'yEs'],
    ['', null],
    ['~', null],
    ['Null', null],
    ['nUll', 'nUll'],
    ['0', 0],
    ['-12', -12],
    ['+12', 12],
    ['1_000', 1000],
    ['0755', 493],
    ['0o755', 493],
    ['-0x1F', -31],
    ['0b101', 5],
    ['08', 8],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['1.', 1],
    ['1e3', 1000],
    ['1e+3', 1000],
    ['1.2.3', '1.2.3'],
    ['12:30:45', '12:30:45'],
    ['2024-01-02', '2024-01-02'],
    ['0x', '0x'],
    ['-', '-'],
    ['.', '.'],
    ['.inf', '.inf'],
    ['100m', '100m'],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['18446744073709551616', 18446744073709552000],
    ['-9223372036854775808', -9223372036854775808n],
  ])('%j', (text, expected) => {
    expect(resolvePlain(text)).toBe(expected);
  });
});
