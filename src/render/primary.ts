import type { Origin } from './manifest.ts';

/** A place that has to do with a field, and what it did for it. */
export interface Lead extends Origin {
  /**
   * `value`: the values that were printed, one of them or all. `beside`: a value printed beside the one in question.
   * `override`: where a chart would set what its vendored
   * subchart set. `template`: the text or the action that printed the field. `call`: what included that. `dependency`:
   * what brought a vendored chart in. `written`: what a kustomization was built from says so here. `via`: the entry of
   * a kustomization that brought that in. `replaced`: what held before.
   */
  readonly part:
    | 'value'
    | 'beside'
    | 'override'
    | 'template'
    | 'call'
    | 'dependency'
    | 'written'
    | 'via'
    | 'replaced';
  /** Whether the file belongs to a chart that was fetched from elsewhere, so that nobody should edit it here. */
  readonly vendored: boolean;
}

/** At most so many places are named beside the first. */
const mostRelated = 12;

/**
 * The places of a field in the order in which a person looks at them: first the one to edit. That is what gave the
 * value when one place alone gave it, else the template; nothing that is vendored while there is another way. Places
 * of the same rank keep their order.
 */
export function inOrder(leads: readonly Lead[]): Origin[] {
  const values = leads.filter(({ part }) => part === 'value');
  const alone = values.length === 1;
  const seen = new Set<string>();
  return leads
    .toSorted((a, b) => rank(a, alone) - rank(b, alone))
    .filter(({ file, start, end }) => {
      const key = `${start} ${end} ${file}`;
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, 1 + mostRelated)
    .map((lead, index) => {
      const { file, start, end, role, precision } = lead;
      const origin: Origin = { file, start, end, role, precision };
      return index === 0 ? origin : { ...origin, note: lead.note ?? noteOf(lead) };
    });
}

/** The lower, the sooner a person should edit it. */
function rank({ part, vendored }: Lead, alone: boolean): number {
  switch (part) {
    case 'value':
      return vendored ? 7 : alone ? 0 : 3;
    case 'beside':
      return vendored ? 7 : 6;
    case 'override':
      return alone ? 1 : 3;
    case 'written':
      return 2;
    case 'template':
      return vendored ? 8 : 2;
    case 'call':
      return vendored ? 9 : 4;
    case 'dependency':
      return 5;
    case 'via':
      return 6;
    case 'replaced':
      return 6;
  }
}

function noteOf({ part, vendored }: Lead): string {
  switch (part) {
    case 'value':
    case 'beside':
      return vendored ? 'set here by the vendored chart' : 'set here';
    case 'override':
      return 'can be set here';
    case 'written':
      return 'written here';
    case 'template':
      return vendored ? 'rendered here by the vendored chart' : 'rendered here';
    case 'call':
      return 'included here';
    case 'dependency':
      return 'the vendored chart comes in here';
    case 'via':
      return 'brought in here';
    case 'replaced':
      return 'replaces what is here';
  }
}
