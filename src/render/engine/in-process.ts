import { trapFault } from './faults.ts';
import { Instance, Trap } from './instance.ts';
import type { EngineAnswer, HelmRequest, KustomizeRequest, RenderEngine } from './protocol.ts';
import { decodeHelm, decodeKustomize, encodeRequest } from './wire.ts';

/** A render engine in this thread, without deadlines: for inputs that are known to be harmless. */
export function inProcessEngine(module: WebAssembly.Module): RenderEngine {
  let instance: Instance | undefined;
  const ask = async <Response>(
    request: HelmRequest | KustomizeRequest,
    decode: (response: Uint8Array<ArrayBuffer>) => EngineAnswer<Response>,
  ): Promise<EngineAnswer<Response>> => {
    instance ??= new Instance(module);
    try {
      return decode(instance.call(encodeRequest(request)));
    } catch (error) {
      if (!(error instanceof Trap)) throw error;
      instance = undefined;
      return { fault: trapFault(request, error.reason) };
    }
  };
  return {
    helm: (request) => ask(request, decodeHelm),
    kustomize: (request) => ask(request, decodeKustomize),
    close: async () => {
      instance = undefined;
    },
  };
}
