import type { ComplianceReport, ControlResult, FrameworkResult } from '../judge/compliance-report.ts';
import type { Finding } from '../judge/report.ts';
import { visible } from './escape.ts';
import { uuid5 } from './uuid.ts';
import { count, objectName, rulePage } from './words.ts';

/** The version of OSCAL that the document is written for. */
const oscalVersion = '1.1.3';

/** Whose the names of our properties are. */
const ns = 'https://github.com/plimsoll-dev/plimsoll/ns/oscal';

/** RFC 9562, §6.6: the namespace for names that are addresses. */
const addresses = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';

/** Makes the UUID of a part of the document from a name that no other part has. */
type Identify = (...name: readonly string[]) => string;

/**
 * The report as a document of NIST's Open Security Controls Assessment Language, model `assessment-results`
 * (usnistgov/OSCAL v1.1.3): JSON with a newline at the end. Each framework is a result, each control with findings, open
 * or waived, an OSCAL finding. A control without any is an observation that supports it and no OSCAL finding, as the
 * only state left for one would be `satisfied`, which manifests cannot show. The same report gives the same text.
 */
export function oscalReport(report: ComplianceReport): string {
  const { tool, date, path, revision } = report;
  const run = uuid5(addresses, JSON.stringify([ns, tool.version, date, path, revision]));
  const identify: Identify = (...name) => uuid5(run, JSON.stringify(name));
  const plan = identify('plan');
  const content = {
    metadata: {
      title: 'What Kubernetes manifests in Git show of security controls',
      'last-modified': date,
      version: revision ?? date,
      'oscal-version': oscalVersion,
    },
    'import-ap': { href: `#${plan}` },
    results: report.frameworks.map((framework) => frameworkResult(report, framework, identify)),
    'back-matter': {
      resources: [
        {
          uuid: plan,
          title: 'Assessment plan',
          description:
            'No plan was written. The rules of Plimsoll and its configuration in the repository say what is looked for.',
          rlinks: [{ href: rulePage('README') }],
        },
      ],
    },
  };
  const uuid = uuid5(run, JSON.stringify(content));
  return `${JSON.stringify({ 'assessment-results': { uuid, ...content } }, null, 2)}\n`;
}

/** What the parts of a framework's result are made from. */
interface Context {
  readonly framework: FrameworkResult;
  readonly identify: Identify;
  /** What all observations have in common. */
  readonly observed: object;
}

function frameworkResult(report: ComplianceReport, framework: FrameworkResult, identifyAll: Identify) {
  const identify: Identify = (...name) => identifyAll(framework.id, ...name);
  const context: Context = {
    framework,
    identify,
    observed: {
      methods: ['EXAMINE'],
      origins: [{ actors: [{ type: 'tool', 'actor-uuid': identify('tool') }] }],
      subjects: [{ 'subject-uuid': identify('manifests'), type: 'component' }],
      collected: report.date,
    },
  };
  const against = framework.controls.filter(({ status }) => status === 'findings' || status === 'waived');
  const passed = framework.controls.filter(({ status }) => status === 'passed');
  const waived = unique(against.flatMap((control) => control.waived));
  const found = unique(against.flatMap((control) => [...control.findings, ...control.waived]));
  return {
    uuid: identify('result'),
    title: markup(framework.title),
    description:
      'Evidence from the desired state in Git. It supports controls; what clusters run and what people do was not looked at.',
    start: report.date,
    end: report.date,
    'local-definitions': localDefinitions(report, identify),
    'reviewed-controls': reviewedControls(framework),
    ...list('observations', [
      ...found.map((finding) => findingObservation(context, finding)),
      ...passed.map((result) => passedObservation(context, result)),
    ]),
    ...list(
      'risks',
      waived.map((finding) => waivedRisk(context, finding)),
    ),
    ...list(
      'findings',
      against.map((result) => controlFinding(context, result)),
    ),
  };
}

function localDefinitions(report: ComplianceReport, identify: Identify) {
  return {
    components: [
      {
        uuid: identify('manifests'),
        type: 'software',
        title: 'Kubernetes manifests',
        description: `What the repository holds at the path ${markup(report.path)}.`,
        ...(report.revision !== undefined && { props: [prop('git-revision', report.revision)] }),
        status: { state: 'other', remarks: 'Desired state: what a cluster runs may differ.' },
      },
    ],
    'assessment-assets': {
      components: [
        {
          uuid: identify('tool'),
          type: 'software',
          title: 'Plimsoll',
          description: 'A linter of Kubernetes manifests.',
          props: [{ name: 'version', value: report.tool.version }],
          status: { state: 'operational' },
        },
      ],
      'assessment-platforms': [
        { uuid: identify('platform'), 'uses-components': [{ 'component-uuid': identify('tool') }] },
      ],
    },
  };
}

function reviewedControls({ id, source, controls }: FrameworkResult) {
  const excluded = controls.filter(
    ({ status }) => status === 'not-assessable' || status === 'not-applicable',
  );
  const notApplicable = excluded.filter(({ status }) => status === 'not-applicable').length;
  return {
    description: markup(source),
    'control-selections': [
      {
        'include-all': {},
        ...list(
          'exclude-controls',
          excluded.map(({ control }) => ({ 'control-id': controlToken(id, control.id) })),
        ),
        remarks: `Excluded are ${count(excluded.length - notApplicable, 'control')} that could not be assessed and ${count(notApplicable, 'control')} about objects that are not there.`,
      },
    ],
  };
}

function findingObservation({ identify, observed }: Context, finding: Finding) {
  const { rule, severity, message, object, location, fingerprint } = finding;
  const place = `${location.file} line ${location.line}`;
  return {
    uuid: identify('observation', fingerprint),
    title: markup(rule),
    description: markup(message),
    props: [prop('rule', rule), prop('severity', severity), prop('fingerprint', fingerprint)],
    links: [{ href: rulePage(rule), rel: 'reference' }],
    ...observed,
    types: ['finding'],
    'relevant-evidence': [
      { description: markup(object === undefined ? place : `${objectName(object)}, ${place}`) },
    ],
  };
}

function passedObservation({ identify, observed }: Context, result: ControlResult) {
  const objects = result.lookedAt.reduce((sum, each) => sum + each.objects, 0);
  return {
    uuid: identify('passed', result.control.id),
    title: title(result),
    description: `Supports the control: ${count(result.rules.length, 'rule')} found nothing against it in ${count(objects, 'object')}.`,
    ...list(
      'props',
      result.rules.map((rule) => prop('rule', rule)),
    ),
    ...observed,
    types: ['control-objective'],
    ...list(
      'relevant-evidence',
      result.lookedAt.map((each) => ({
        description: `${markup(each.kind)}: ${count(each.objects, 'object')}`,
      })),
    ),
  };
}

function waivedRisk({ identify }: Context, finding: Finding) {
  return {
    uuid: identify('risk', finding.fingerprint),
    title: `Waived: ${markup(finding.rule)}`,
    description: markup(finding.message),
    statement: waiver(finding),
    status: 'deviation-approved',
    'related-observations': [{ 'observation-uuid': identify('observation', finding.fingerprint) }],
  };
}

function controlFinding({ framework, identify }: Context, result: ControlResult) {
  const { control, status, findings, waived } = result;
  return {
    uuid: identify('finding', control.id),
    title: title(result),
    description: `${count(findings.length, 'open finding')} and ${count(waived.length, 'waived finding')} stand against the control.`,
    target: {
      type: 'statement-id',
      'target-id': `${controlToken(framework.id, control.id)}_smt`,
      status: { state: 'not-satisfied', reason: status === 'waived' ? 'other' : 'fail' },
    },
    ...list(
      'related-observations',
      [...findings, ...waived].map(({ fingerprint }) => ({
        'observation-uuid': identify('observation', fingerprint),
      })),
    ),
    ...list(
      'related-risks',
      waived.map(({ fingerprint }) => ({ 'risk-uuid': identify('risk', fingerprint) })),
    ),
  };
}

/** Each finding once, in the order of their first places. */
function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.fingerprint, finding])).values()];
}

function waiver({ suppressed }: Finding): string {
  const owner = suppressed?.owner === undefined ? '' : ` Owner: ${suppressed.owner}.`;
  const until = suppressed?.until === undefined ? '' : ` Until: ${suppressed.until}.`;
  return markup(`${suppressed?.reason ?? ''}${owner}${until}`);
}

function title({ control }: ControlResult): string {
  return markup(`${control.id} ${control.title}`);
}

function prop(name: string, value: string) {
  return { name, ns, value };
}

/** A property for a list; none for an empty one, which OSCAL does not allow. */
function list(name: string, items: readonly object[]) {
  return items.length === 0 ? {} : { [name]: items };
}

/**
 * A control's id as OSCAL writes ids: a letter, then letters, digits, `.`, `-` and `_`. Those of NIST SP 800-53 are as in
 * NIST's own catalogue, `ac-6.10`; the others have no official one, so theirs begin with the framework's id.
 */
export function controlToken(framework: string, control: string): string {
  if (framework === 'nist-800-53/r5') return control.toLowerCase().replace(/\(([0-9]+)\)/, '.$1');
  return `${framework}_${control}`.replace(/[^a-zA-Z0-9.-]+/g, '_').replace(/_$/, '');
}

/** Text as OSCAL's markup, which is CommonMark with additions: all of it shows as it is. */
function markup(text: string): string {
  return visible(text).replace(/[\\`*_~^[\]{}<>&]|^[-+=#]|(?<=^[0-9]+)[.)]/g, '\\$&');
}
