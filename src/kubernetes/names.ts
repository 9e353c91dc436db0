import type { KubernetesObject } from './object.ts';
import { isCustom } from './service.ts';

// Each function here says what is wrong with a text, as the end of a sentence that the text begins, or gives undefined.
// Sources: k8s.io/apimachinery v0.37.2 pkg/api/validate/content and pkg/util/validation; for the names of kinds
// kubernetes/kubernetes v1.36.0 pkg/apis/*/validation.

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const labelPattern = new RegExp(`^${label}$`);
const subdomainPattern = new RegExp(`^${label}(?:\\.${label})*$`);
const startsWithLetterPattern = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const qualifiedPattern = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const prefixedPattern = new RegExp(`^${label}(?:\\.${label})*/[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$`);

/** RFC 1123 label: 63 characters. */
export function labelProblem(text: string): string | undefined {
  if (text.length > 63) return tooLong(text, 63);
  return labelPattern.test(text)
    ? undefined
    : 'may have only lower-case letters, digits and dashes, and a letter or digit at both ends';
}

/** RFC 1123 subdomain: labels with dots between them, 253 characters. */
export function subdomainProblem(text: string): string | undefined {
  if (text.length > 253) return tooLong(text, 253);
  return subdomainPattern.test(text)
    ? undefined
    : 'may have only lower-case letters, digits, dashes and dots, and a letter or digit at both ends and around each dot';
}

/** RFC 1035 label: as RFC 1123, but the first character is a letter. */
export function startsWithLetterProblem(text: string): string | undefined {
  if (text.length > 63) return tooLong(text, 63);
  return startsWithLetterPattern.test(text)
    ? undefined
    : 'may have only lower-case letters, digits and dashes, and must start with a letter and end with a letter or digit';
}

/** A name that is a part of a URL's path. */
export function pathSegmentProblem(text: string): string | undefined {
  if (text === '.' || text === '..') return 'is not allowed as a name';
  return /[/%]/.test(text) ? 'may have no / and no %' : undefined;
}

/** The key of a label, or any other qualified name: an optional prefix that is a subdomain, `/`, and a name. */
export function qualifiedNameProblem(text: string): string | undefined {
  // What most are.
  if (text.length <= 63 && (qualifiedPattern.test(text) || prefixedPattern.test(text))) return undefined;
  const parts = text.split('/');
  const name = parts.at(-1) ?? '';
  if (parts.length > 2) return 'has more than one /';
  const [prefix] = parts;
  if (parts.length === 2 && (prefix === undefined || subdomainProblem(prefix) !== undefined))
    return 'has a prefix before the / that is no lower-case DNS name';
  if (name === '') return 'has no name';
  if (name.length > 63) return `has ${name.length} characters in its name, where at most 63 are allowed`;
  return qualifiedPattern.test(name)
    ? undefined
    : 'may have only letters, digits, dashes, underscores and dots in its name, and a letter or digit at both ends';
}

/** The key of an annotation: a qualified name in letters of any case. */
export function annotationKeyProblem(text: string): string | undefined {
  return qualifiedNameProblem(text.toLowerCase());
}

/** The value of a label. */
export function labelValueProblem(text: string): string | undefined {
  if (text.length > 63) return tooLong(text, 63);
  return text === '' || qualifiedPattern.test(text)
    ? undefined
    : 'may have only letters, digits, dashes, underscores and dots, and a letter or digit at both ends';
}

/** The name of a container's port, or of the port that a Service or a probe leads to (RFC 6335, lower case). */
export function portNameProblem(text: string): string | undefined {
  if (text.length > 15) return tooLong(text, 15);
  if (!/^[-a-z0-9]+$/.test(text)) return 'may have only lower-case letters, digits and dashes';
  if (!/[a-z]/.test(text)) return 'needs a letter';
  return /^-|-$|--/.test(text) ? 'may have no dash at its ends and no two in a row' : undefined;
}

/** The name of an environment variable; since Kubernetes 1.32 it may have all printable ASCII but `=`. */
export function variableNameProblem(text: string, kubernetesMinor: number): string | undefined {
  if (kubernetesMinor >= 32)
    return /^[ -<>-~]+$/.test(text) ? undefined : 'may have only printable ASCII and no =';
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) && !/^\.\.?$|^\.\./.test(text)
    ? undefined
    : 'may have only letters, digits, dashes, underscores and dots, and must not start with a digit';
}

/** A key of the data of a ConfigMap or a Secret. */
export function dataKeyProblem(text: string): string | undefined {
  if (text.length > 253) return tooLong(text, 253);
  if (text === '.' || text.startsWith('..')) return 'is not allowed as a key';
  return /^[-._a-zA-Z0-9]+$/.test(text)
    ? undefined
    : 'may have only letters, digits, dashes, underscores and dots';
}

type NameTest = (name: string, kubernetesMinor: number) => string | undefined;

/** Kinds whose names are neither subdomains nor checked here, or have a rule of their own. */
const otherNames: ReadonlyMap<string, NameTest> = new Map<string, NameTest>([
  ['Namespace', labelProblem],
  // The gate RelaxedServiceNameValidation is on by default since 1.36.
  ['Service', (name, minor) => (minor >= 36 ? labelProblem(name) : startsWithLetterProblem(name))],
  ['CronJob.batch', cronJobNameProblem],
  ['Role.rbac.authorization.k8s.io', pathSegmentProblem],
  ['ClusterRole.rbac.authorization.k8s.io', pathSegmentProblem],
  ['RoleBinding.rbac.authorization.k8s.io', pathSegmentProblem],
  ['ClusterRoleBinding.rbac.authorization.k8s.io', pathSegmentProblem],
  ['APIService.apiregistration.k8s.io', pathSegmentProblem],
  ['IPAddress.networking.k8s.io', pathSegmentProblem],
  ['ClusterTrustBundle.certificates.k8s.io', () => undefined],
  ['StorageVersion.internal.apiserver.k8s.io', () => undefined],
]);

/** `metadata.name` of an object, by its kind. */
export function objectNameProblem(object: KubernetesObject, kubernetesMinor: number): string | undefined {
  const { groupKind, group, name } = object;
  const other = otherNames.get(groupKind);
  if (other !== undefined) return other(name, kubernetesMinor);
  // Several of OpenShift's kinds are not custom resources: users and image stream tags have names such as `a:b`.
  if (group.endsWith('openshift.io') && isCustom(object)) return pathSegmentProblem(name);
  return subdomainProblem(name);
}

/** The name of a CronJob is followed by 11 characters in those of its Jobs. */
function cronJobNameProblem(name: string): string | undefined {
  return name.length > 52 ? tooLong(name, 52) : subdomainProblem(name);
}

function tooLong(text: string, limit: number): string {
  return `has ${text.length} characters, where at most ${limit} are allowed`;
}
