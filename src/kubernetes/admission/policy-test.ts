import type { ObjectIndex } from '../inventory.ts';
import { isTestData } from '../test-directory.ts';

/** Whether a target is data of tests, such as policies beside a test of the Kyverno command. */
export function isPolicyTest(
  target: { readonly kind: string; readonly name: string },
  objects: ObjectIndex,
): boolean {
  return isTestData(target) || objects.ofKind('Test.cli.kyverno.io').length > 0;
}
