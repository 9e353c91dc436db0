import type { Fault, HelmRequest, KustomizeRequest } from './protocol.ts';

type Request = HelmRequest | KustomizeRequest;

/** Why an instance ended in the middle of a request. */
export interface TrapReason {
  readonly kind: 'stack' | 'memory' | 'defect';
  /** What the module or the virtual machine said. */
  readonly text: string;
}

/** What to answer to the request that an instance did not survive. */
export function trapFault(request: Request, { kind, text }: TrapReason): Fault {
  switch (kind) {
    case 'stack':
      return { code: 'limit', message: `${doing(request)} nests or recurses too deeply.` };
    case 'memory':
      return { code: 'limit', message: `${doing(request)} needs more memory than is allowed.` };
    case 'defect':
      return { code: 'internal', message: `${doing(request)} broke the engine: ${text.split('\n', 1)[0]}` };
  }
}

/** What to answer to a request that took longer than `deadlineMs`, milliseconds. */
export function deadlineFault(request: Request, deadlineMs: number): Fault {
  return { code: 'limit', message: `${doing(request)} takes longer than ${deadlineMs / 1000} seconds.` };
}

function doing(request: Request): string {
  return request.op === 'helm' ? `Rendering the chart ${request.chart}` : `Building ${request.root}`;
}
