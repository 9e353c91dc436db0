import type { Control } from '../compliance/framework.ts';
import type { Coverage, Finding, Notice } from './report.ts';

/**
 * What the manifests say about the controls of frameworks, which every compliance format is made from. It is evidence
 * on the desired state in Git: it supports a control and never satisfies one.
 */
export interface ComplianceReport {
  readonly tool: { readonly name: 'plimsoll'; readonly version: string };
  /** When the manifests were looked at: RFC 3339, with a time zone. */
  readonly date: string;
  /** What was looked at, relative to the root of the repository; `.` is all of it. */
  readonly path: string;
  /** The Git commit that is checked out, when it is known. */
  readonly revision?: string;
  /** At least one. */
  readonly frameworks: readonly FrameworkResult[];
  readonly coverage: Coverage;
  /** Rules that did not look everywhere, sorted by id. */
  readonly idleRules: readonly IdleRule[];
  /** Remarks on the run itself, such as on expired waivers. */
  readonly notices: readonly Notice[];
}

export interface FrameworkResult {
  /** As in `Framework`. */
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** All controls of the framework, in its order. */
  readonly controls: readonly ControlResult[];
}

/**
 * - `findings`: something stands against the control;
 * - `waived`: only waived findings do;
 * - `passed`: rules looked at objects and found nothing;
 * - `not-applicable`: rules look for it, but no object that they look at is there;
 * - `not-assessable`: nothing in Git can show it, no rule looks for it, or those that do did not look everywhere.
 */
export type ControlStatus = (typeof controlStatuses)[number];

/** In the order in which reports count them. */
export const controlStatuses = ['findings', 'waived', 'passed', 'not-applicable', 'not-assessable'] as const;

export interface ControlResult {
  readonly control: Control;
  readonly status: ControlStatus;
  /** Why it was not assessed, a sentence; present with the status `not-assessable` alone. */
  readonly reason?: string;
  /** Ids of the rules that looked for it everywhere, sorted. */
  readonly rules: readonly string[];
  /** Ids of the rules that look for it but did not look everywhere, sorted. */
  readonly idle: readonly string[];
  /** The objects that `rules` looked at, by `Kind.group`, sorted; each object counts once. */
  readonly lookedAt: readonly { readonly kind: string; readonly objects: number }[];
  /** Findings of the report that name the control and are not suppressed, in its order. */
  readonly findings: readonly Finding[];
  /** Those that are suppressed. */
  readonly waived: readonly Finding[];
}

export interface IdleRule {
  readonly rule: string;
  /** Turned off in the config, turned off there for some files, or broken on an object. */
  readonly why: 'off' | 'partly-off' | 'broken';
}
