/** `carpool address`: an address of the host of this machine, for other machines. */
import { HostClient } from '../client/client.ts';
import { livingMachineHost, machineFolder } from '../hosts/machine-folder.ts';
import type { InviteRequest } from '../wire/machine-messages.ts';

export interface AddressOptions {
  /** For whom it is. */
  readonly for: string;
  /** Milliseconds for which it opens connections; null: as long as the host lives. */
  readonly expires?: number | null;
}

/** Milliseconds for a host that runs. */
const answerTimeout = 5_000;

/** Prints the same address by each name of this machine, a line each. @throws CarpoolError HUB_REJECTED if it does not listen */
export async function address({ for: name, expires }: AddressOptions): Promise<number> {
  const found = livingMachineHost(machineFolder());
  if (found === undefined) {
    console.error(
      'carpool: there is no host of this machine; `carpool serve --listen HOST:PORT` starts one for other machines',
    );
    return 1;
  }
  for (const one of await invite(found.address, { name, expires: expires ?? undefined })) console.log(one);
  return 0;
}

/** @param host its address on this machine */
export async function invite(host: string, request: Omit<InviteRequest, 'method'>): Promise<readonly string[]> {
  const client = await HostClient.connect({ address: host, runner: 'carpool address', observer: true });
  try {
    return (await client.ask({ method: 'invite', ...request }, answerTimeout)).addresses;
  } finally {
    client.close();
  }
}
