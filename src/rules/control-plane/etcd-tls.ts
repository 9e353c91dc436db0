import {
  carrierKinds,
  componentFlags,
  componentsOf,
  isAbout,
} from '../../kubernetes/control-plane/carriers.ts';
import { flagFindings, flagMessages, isOfOwnHost } from '../../kubernetes/control-plane/flag-checks.ts';
import type { ComponentFlags } from '../../kubernetes/control-plane/flags.ts';
import type { ObjectIndex } from '../../kubernetes/inventory.ts';
import { workloadKinds } from '../../kubernetes/workload.ts';
import { defineRule } from '../rule.ts';

const slug = 'etcd-tls';

export default defineRule({
  id: 'control-plane/etcd-tls',
  severity: 'high',
  kinds: carrierKinds,
  concerns: isAbout('etcd'),
  summary: 'Clients or members of etcd need no verified certificate',
  why: 'The store of the cluster, etcd, holds every object of the cluster, Secrets included. Whoever can talk to it reads and changes all of them, past the API server, its authorization and its audit log.',
  remedy:
    'Give etcd certificates for clients and for peers, demand certificates from both (client-cert-auth, peer-client-cert-auth), and do not use auto-tls.',
  controls: ['nsa:net.etcd', 'mitre:T1552', 'ms-ta:TA9025'],
  bundle: 'TLS',
  recommended: true,
  since: '0.1.0',
  messages: flagMessages(slug, {
    sharedAuthority: {
      text: 'etcd trusts the certificate authority {file}, which also signs the clients of kube-apiserver, so each of these can read etcd.',
      severity: 'medium',
      recommended: false,
      controls: ['cis/1.12:2.7', 'kubescape:C-0159'],
    },
  }),
  check({ manifest, containers, inventory, report }) {
    for (const component of componentsOf(manifest, containers)) {
      if (isWithinPod(component)) continue;
      for (const { id, place, data, options } of flagFindings(slug, component))
        report(place, id, data, options);
      const trusted = component.flags.get('trusted-ca-file');
      if (component.component !== 'etcd' || trusted === undefined) continue;
      if (inventory.target.derived(clientAuthorities).has(trusted.value))
        report(trusted.place, 'sharedAuthority', { file: trusted.value });
    }
  },
});

/** Whether it listens for the other containers of its pod alone, as a store of one program does. */
function isWithinPod({ flags }: ComponentFlags): boolean {
  const clients = flags.get('listen-client-urls')?.value;
  // The default of etcd 3.
  const peers = flags.get('listen-peer-urls')?.value ?? 'http://localhost:2380';
  return clients !== undefined && `${clients},${peers}`.split(',').every((url) => isOfOwnHost(url.trim()));
}

/** Files of the certificate authorities whose clients kube-apiserver lets in. */
function clientAuthorities(index: ObjectIndex): ReadonlySet<string> {
  const servers = index.ofKind(...workloadKinds).flatMap((each) => componentFlags(each, 'kube-apiserver'));
  return new Set(servers.flatMap(({ flags }) => flags.get('client-ca-file')?.value ?? []));
}
