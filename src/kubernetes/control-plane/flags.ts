import type { Field } from '../field.ts';
import type { Container } from '../workload.ts';

/** A program of the control plane or of a node whose flags are checked. */
export type Component =
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kube-proxy'
  | 'kubelet'
  | 'etcd';

/** What makes a component's command line of what is written, and adds flags of its own. */
export type Tool = 'kubeadm' | 'kops' | 'talos' | 'k3s' | 'gardener' | 'openshift' | 'eksctl';

/** One setting of a component. */
export interface Flag {
  /** Name of the flag without dashes, also when it is written as a field. */
  readonly name: string;
  /** What it is called where it stands: `--anonymous-auth`, `authentication.anonymous.enabled`. */
  readonly written: string;
  /** Lists are joined by commas. */
  readonly value: string;
  readonly place: Field;
  /** The part of the text at the place, when that holds more than this flag. */
  readonly part?: string;
}

/** What a manifest says of one component. */
export interface ComponentFlags {
  readonly component: Component;
  /** By name. */
  readonly flags: ReadonlyMap<string, Flag>;
  /** Where a flag that is missing would be added. */
  readonly place: Field;
  /**
   * What becomes of a flag that is not set: the program's own default holds (`program`), that of its configuration file
   * (`file`), or what a tool or another file sets (`unknown`).
   */
  readonly rest: 'program' | 'file' | 'unknown';
  /** Undefined for command lines and configuration files of the component itself. */
  readonly tool?: Tool;
  /** Whether it runs as a plain workload and not as a part of a control plane with nodes of its own. */
  readonly hosted?: true;
  readonly container?: Container;
}
