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

/** How rules and findings name a control: those of every version of the CIS benchmark by their ids in 1.12. */
export function namedByRules(framework: Pick<Framework, 'id'>, { id, newest = id }: Control): string {
  return `${framework.id.startsWith('cis/') ? cis : framework.id}:${newest}`;
}
