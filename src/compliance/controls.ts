import { type Bundle, bundleControls } from './bundles.ts';

/** All control ids of a finding: the rule's, the message's and those of the rule's bundle; sorted, each once. */
export function controlsOf(
  ruleControls: readonly string[],
  messageControls: readonly string[],
  bundle: Bundle,
): string[] {
  return [...new Set([...ruleControls, ...messageControls, ...bundleControls[bundle]])].sort();
}
