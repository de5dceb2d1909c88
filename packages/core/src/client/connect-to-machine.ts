/** Finds the host of the machine, or starts it, and connects to it. */
import { CarpoolError, isCarpoolError } from '../base/errors.ts';
import { machineHost, type FoundMachineHost } from '../hosts/machine-host.ts';
import { machineFolder, machineLog } from '../hosts/machine-folder.ts';
import type { ClientOptions } from './types.ts';

/**
 * A connection to the machine's host. One that is about to end takes none any more, and is not the one that is wanted.
 * @throws CarpoolError HUB_UNREACHABLE, HUB_REJECTED, HUB_LOST
 */
export async function connectToMachine<C>(
  connect: (options: ClientOptions) => Promise<C>,
  options: Omit<ClientOptions, 'address'>,
): Promise<{ client: C; found: FoundMachineHost; log: string }> {
  const log = machineLog(machineFolder());
  const not = new Set<string>();
  for (;;) {
    const found = await machineHost({ not });
    try {
      return { client: await connect({ ...options, address: found.address, log }), found, log };
    } catch (thrown) {
      if (isCarpoolError(thrown) && thrown.context['hostSilence'] !== undefined) throw silent(thrown, found);
      if (!isCarpoolError(thrown, 'HUB_UNREACHABLE')) throw thrown;
      not.add(found.id);
    }
  }
}

/** It is stopped, or blocked. Other runs may be on it, so it is not ended here. */
function silent({ code, message, context }: CarpoolError, { pid }: FoundMachineHost): CarpoolError {
  const advice = `It is the host of this machine, process ${pid}: \`carpool stop\` ends it, and the next run starts another`;
  return new CarpoolError(code, `${message}. ${advice}`, { context: { ...context, pid } });
}
