import { absenceOf } from '../../kubernetes/absence.ts';
import { objectReferencesOf, referringKinds } from '../../kubernetes/object-reference.ts';
import { defineRule, workloads } from '../rule.ts';

export default defineRule({
  id: 'references/object-reference-missing',
  severity: 'high',
  kinds: [...new Set([...workloads, ...referringKinds()])],
  summary: 'Refers to an object that does not exist',
  why: 'Kubernetes accepts references to what is not there. The pod, the claim or the certificate then waits without end, and a binding grants nothing.',
  remedy: 'Correct the name, or add the object that it refers to.',
  controls: ['nist-800-53/r5:CM-3(2)', 'kubescape:C-0300', 'kubescape:C-0307'],
  bundle: 'QUAL',
  recommended: true,
  since: '0.1.0',
  messages: {
    slip: 'There is no {object} {wanted}, which {kind} {name} refers to. Did you mean "{meant}", which is applied with it?',
    otherNamespace: {
      text: '{object} {wanted}, which {kind} {name} refers to, is in namespace {namespace}, where it does not count.',
      severity: 'medium',
    },
    missing: {
      text: 'There is no {object} {wanted}, which {kind} {name} refers to, among what is applied with it or elsewhere in the repository.',
      severity: 'medium',
    },
    unseen: {
      text: 'No {object} {wanted}, which {kind} {name} refers to, was found in the repository. It has to be in the cluster beforehand.',
      severity: 'low',
      recommended: false,
    },
    elsewhere: {
      text: '{object} {wanted}, which {kind} {name} refers to, is only in parts of the repository that are not applied with it.',
      severity: 'low',
      recommended: false,
    },
  },
  check({ manifest, pod, inventory, report }) {
    const { kind, name } = manifest;
    for (const wanted of objectReferencesOf(manifest, pod)) {
      const absence = absenceOf(wanted, manifest.target, inventory);
      if (absence === undefined) continue;
      const { what } = absence;
      const sure = ownedHere.has(wanted.kind);
      const message = (what === 'missing' || what === 'otherNamespace') && !sure ? 'unseen' : what;
      const [object = ''] = wanted.kind.split('.');
      report(wanted.place, message, { kind, name, object, wanted: wanted.name, ...absence });
    }
  },
});

/** Kinds whose objects stand beside what refers to them: one that is missing among others is a mistake. */
const ownedHere: ReadonlySet<string> = new Set([
  'ServiceAccount',
  'PersistentVolumeClaim',
  'Role.rbac.authorization.k8s.io',
  'Issuer.cert-manager.io',
]);
