import { type Bundle, bundleControls } from './bundles.ts';
import type { Control, Framework } from './framework.ts';

/** All control ids of a finding: the rule's, the message's and those of the rule's bundle; sorted, each once. */
export function controlsOf(
  ruleControls: readonly string[],
  messageControls: readonly string[],
  bundle: Bundle,
): string[] {
  return [...new Set([...ruleControls, ...messageControls, ...bundleControls[bundle]])].sort();
}

/** The version of the CIS benchmark whose ids rules name. */
const cis = 'cis/1.12';

/**
 * The controls of a framework that these control ids are evidence for, in the framework's order. Ids of `cis/1.12`
 * are evidence for every version of the benchmark.
 *
 * @param ids As findings carry them, such as `cis/1.12:5.2.2`.
 */
export function controlsIn(framework: Framework, ids: readonly string[]): Control[] {
  const named = framework.id.startsWith('cis/') ? cis : framework.id;
  const wanted = new Set(ids);
  return framework.controls.filter(({ id, newest = id }) => wanted.has(`${named}:${newest}`));
}
