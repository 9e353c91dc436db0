import { expect, test } from '@jest/globals';
import table from '../../src/kubernetes/data/storage-provisioners.json' with { type: 'json' };
import { encryptionBy } from '../../src/kubernetes/storage-provisioner.ts';

test.each<[string, string | undefined, string | undefined]>([
  ['ebs.csi.aws.com', 'encrypted', 'account'],
  ['rook-ceph.rbd.csi.ceph.com', 'encrypted', 'below'],
  ['pd.csi.storage.gke.io', 'disk-encryption-kms-key', 'provider'],
  ['linodebs.csi.linode.com', 'linodebs.csi.linode.com/encrypted', 'below'],
  ['rancher.io/local-path', undefined, undefined],
  ['', undefined, undefined],
])('%s', (provisioner, parameter, plain) => {
  const encryption = encryptionBy(provisioner);
  expect([encryption?.parameter, encryption?.plain]).toEqual([parameter, plain]);
});

test('the table says of each what volumes are without the parameter', () => {
  for (const { provisioner, plain } of table.provisioners)
    expect([provisioner, encryptionBy(provisioner)?.plain]).toEqual([provisioner, plain]);
});
