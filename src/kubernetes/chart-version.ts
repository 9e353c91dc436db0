/**
 * Whether a version of a chart means more than one: a constraint of Masterminds/semver, which Helm, Flux and Argo CD read,
 * or none at all. What is filled in later is not judged.
 */
export function isFloatingVersion(version: string | undefined): boolean {
  const text = (version ?? '').trim();
  if (/\$\{|\{\{|\$\w/.test(text)) return false;
  return (
    !/^=?\s*v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.test(text) ||
    /\.[xX*](?:[.-]|$)/.test(text)
  );
}
