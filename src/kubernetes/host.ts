/** Names that do not resolve on the Internet: RFC 6761, RFC 6762, RFC 8375, ICANN's .internal, and Services. */
const local = /(?:^|\.)(?:local|localhost|internal|test|example|invalid|home\.arpa|svc|lan)$/i;

/** RFC 2606. */
const example = /(?:^|\.)example\.(?:com|net|org)$/i;

/** Whether a host name is only known inside of a network. */
export function isLocalHost(host: string): boolean {
  return local.test(host);
}

/** Whether a host name stands for one that is filled in later. */
export function isExampleHost(host: string): boolean {
  return isLocalHost(host) || example.test(host);
}

/** Whether a host name is, or a name with a leading `*.` stands for, this host. A wildcard stands for one label. */
export function coversHost(pattern: string, host: string): boolean {
  const [one, other] = [pattern.toLowerCase(), host.toLowerCase()];
  if (one === other) return true;
  return one.startsWith('*.') && !other.startsWith('*.') && other.slice(other.indexOf('.')) === one.slice(1);
}

/** Whether two host names of the Gateway API, where a wildcard stands for one label or more, have a host in common. */
export function hostsIntersect(one: string, other: string): boolean {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  if (a === b) return true;
  if (a.startsWith('*.') && b.endsWith(a.slice(1))) return true;
  return b.startsWith('*.') && a.endsWith(b.slice(1));
}
