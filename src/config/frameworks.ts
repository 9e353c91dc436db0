import { frameworkIds } from '../compliance/frameworks/index.ts';
import { UserError } from '../errors.ts';
import { didYouMean } from './did-you-mean.ts';
import { quote } from './rule-pattern.ts';

/** Names without a version, and the frameworks that they stand for. */
const shortNames: Readonly<Record<string, readonly string[]>> = {
  pss: ['pss/baseline', 'pss/restricted'],
  cis: ['cis/1.12'],
  'owasp-k8s': ['owasp-k8s/2025'],
  'nist-800-53': ['nist-800-53/r5'],
  'pci-dss': ['pci-dss/4.0.1'],
  'iso-27001': ['iso-27001/2022'],
};

/** Everything that names a framework: the ids, and names without a version. */
export const frameworkNames: readonly string[] = [...frameworkIds, ...Object.keys(shortNames)];

/** Those that manifests say most about, for who names none. */
export const defaultFrameworks: readonly string[] = ['pss/baseline', 'pss/restricted', 'cis/1.12', 'nsa'];

/**
 * The ids of the frameworks that these names stand for, each once.
 * @param where what an error names as its place.
 * @throws {UserError} when a name is none of {@link frameworkNames}.
 */
export function frameworksNamed(names: readonly string[], where: string): readonly string[] {
  const ids = names.flatMap((name) => {
    if (Object.hasOwn(shortNames, name)) return shortNames[name] ?? [];
    if (frameworkIds.includes(name)) return [name];
    throw new UserError(`There is no framework ${quote(name)}.${didYouMean(name, frameworkNames)}`, {
      where,
      todo: `Name some of ${frameworkNames.join(', ')}.`,
    });
  });
  return [...new Set(ids)];
}
