import type { Coverage, Report, Verdict } from '../judge/report.ts';
import { severities } from '../severity.ts';
import { decides } from './findings.ts';
import { count } from './words.ts';

/** The verdict in one line, the same on every surface. Holds no text from the repository. */
export function verdictLine({ verdict, coverage }: Report): string {
  const { files, objects } = coverage;
  if (objects === 0 && verdict.new + verdict.existing + verdict.suppressed === 0)
    return `No Kubernetes manifests found in ${count(files.total, 'file')}${gaps(coverage, files.excluded)}.`;
  return `${decision(verdict)}. Checked ${count(objects, 'object')} in ${count(files.checked, 'file')}${gaps(coverage)}.`;
}

function decision(verdict: Verdict): string {
  const { failOn, bySeverity, existing, suppressed, fixed } = verdict;
  const deciding = severities
    .filter((severity) => decides(verdict, severity))
    .reduce((sum, severity) => sum + bySeverity[severity], 0);
  const milder = failOn === 'never' ? 0 : verdict.new - deciding;
  const outside =
    verdict.new === 0 ? 'in files it does not touch' : 'more in files this change does not touch';
  const rest = [
    ...(milder > 0 ? [`${milder} milder`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
    ...(fixed > 0 ? [`${fixed} fixed`] : []),
    ...(existing > 0 ? [`${existing} ${outside}`] : []),
  ];
  const word = `${verdict.passed ? 'Passed' : 'Failed'}${failOn === 'never' ? ' (fail-on: never)' : ''}`;
  return `${word}: ${[main(verdict, deciding), ...(rest.length > 0 ? [rest.join(', ')] : [])].join('; ')}`;
}

function main(verdict: Verdict, deciding: number): string {
  const { failOn, existing } = verdict;
  if (verdict.new === 0) return existing > 0 ? 'no findings in files this change touches' : 'no findings';
  if (failOn === 'never') return `${count(verdict.new, 'finding')} (${counts(verdict, () => true)})`;
  if (failOn === 'critical') return deciding === 0 ? 'nothing critical' : count(deciding, 'critical finding');
  if (deciding === 0) return `nothing at ${failOn} or above`;
  const parts = counts(verdict, (severity) => decides(verdict, severity));
  return `${count(deciding, 'finding')} at ${failOn} or above (${parts})`;
}

/** `1 critical, 2 high`. */
function counts({ bySeverity }: Verdict, filter: (severity: (typeof severities)[number]) => boolean): string {
  return severities
    .filter((severity) => bySeverity[severity] > 0 && filter(severity))
    .map((severity) => `${bySeverity[severity]} ${severity}`)
    .join(', ');
}

function gaps({ files: { failed } }: Coverage, excluded = 0): string {
  const parts = [
    ...(excluded > 0 ? [`${count(excluded, 'file')} excluded`] : []),
    ...(failed > 0 ? [`${count(failed, 'file')} could not be checked`] : []),
  ];
  return parts.map((part) => `; ${part}`).join('');
}
