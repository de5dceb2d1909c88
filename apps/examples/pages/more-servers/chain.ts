import { server } from 'carpool';

/** Asks a chain by JSON-RPC. */
export async function rpc<Result = string>(url: string, method: string, ...params: unknown[]): Promise<Result> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const { result, error } = (await response.json()) as { result: Result; error?: { message: string } };
  if (error !== undefined) throw new Error(`${method}: ${error.message}`);
  return result;
}

export const chain = server({
  command: 'anvil',
  args: ['--port', '{port}', '--silent'],
  // Once for each chain: what all tests begin with, such as the contracts they call.
  async start({ url }) {
    await rpc(url, 'anvil_mine', '0x5');
  },
  async open({ url }) {
    return { url, snapshot: await rpc(url, 'evm_snapshot') };
  },
  async close({ url }, { snapshot }) {
    if (!(await rpc<boolean>(url, 'evm_revert', snapshot))) throw new Error('the chain has lost its snapshot');
  },
  children: 4,
  sessionsPerChild: 1,
});
