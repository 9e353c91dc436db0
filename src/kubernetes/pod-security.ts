/** Levels of the Pod Security Standards, from open to strict. */
export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/**
 * Which Pod Security Standards apply to a workload. Source of the rules that use it:
 * kubernetes/pod-security-admission 8f84a87 (catalogue §2.1).
 */
export interface PodSecurity {
  /** The policy version as Kubernetes minor: 36 for v1.36. */
  readonly minor: number;
  /** What the workload's Namespace object enforces; undefined when it is not in the repository or has no label. */
  readonly enforced: PodSecurityLevel | undefined;
}
