import table from './data/storage-provisioners.json' with { type: 'json' };
import { fitsName } from './name-pattern.ts';

/** How a provisioner is told to encrypt the volumes of a StorageClass. */
export interface VolumeEncryption {
  /** Name of the parameter. */
  readonly parameter: string;
  /** Name of another parameter, which has the same values and does as well. */
  readonly or: string | undefined;
  /** Its value when volumes are encrypted; undefined for any, as the parameter names a key. */
  readonly value: string | undefined;
  /**
   * What volumes are without the parameter: not encrypted unless a setting of the cloud account says so (`account`), or
   * unless the disks below are (`below`); or encrypted with a key of the `provider`.
   */
  readonly plain: 'account' | 'below' | 'provider';
}

/** How a provisioner encrypts; undefined when it is not known, or has no parameter for it. */
export function encryptionBy(provisioner: string): VolumeEncryption | undefined {
  const found = table.provisioners.find((each) => fitsName(each.provisioner, provisioner));
  if (found === undefined) return undefined;
  const { parameter, or, value } = found;
  return { parameter, or, value, plain: plainOf(found.plain) };
}

function plainOf(text: string): VolumeEncryption['plain'] {
  return text === 'account' || text === 'provider' ? text : 'below';
}
