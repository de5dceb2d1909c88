/** JSON-RPC 2.0 without documents. */
import { failure } from './failure.ts';
import type { Line } from './line.ts';

interface Ledger {
  readonly add: { readonly params: { readonly amount: number; readonly account?: string }; readonly result: number };
  readonly sum: { readonly params?: object; readonly result: number };
  readonly accounts: { readonly params?: object; readonly result: string[] };
  readonly [method: string]: { readonly params?: unknown; readonly result?: unknown };
}

export const jsonRpcLines: readonly Line[] = [
  {
    title: 'JSON-RPC: sessions are told apart by a field of params, and notifications follow it',
    async check({ register, rpc, expect }) {
      const [first, second] = await Promise.all([register('ledger'), register('ledger')]);
      const [one, two] = [rpc<Ledger>(first), rpc<Ledger>(second)];
      expect(await Promise.all([one.request('add', { amount: 1 }), two.request('add', { amount: 2 })])).toEqual([1, 2]);
      expect(await one.notification('changed')).toEqual({ account: first.id, sum: 1 });
      expect(await two.notification('changed')).toEqual({ account: second.id, sum: 2 });
      expect(first.hello).toEqual({ version: 2 });
    },
  },
  {
    title: 'JSON-RPC: a session cannot name another, and is forgotten at its end',
    async check({ register, rpc, expect }) {
      const [first, second] = await Promise.all([register('ledger'), register('ledger')]);
      const two = rpc<Ledger>(second);
      await rpc<Ledger>(first).request('add', { amount: 1 });
      await two.request('add', { amount: 2 });
      const mine = async (): Promise<string[]> =>
        (await two.request('accounts')).filter((name) => [first.id, second.id].includes(name));
      expect(await mine()).toEqual([first.id, second.id]);
      const error = await failure('SESSION_REFUSED', () => two.request('add', { amount: 1, account: first.id }));
      expect(error.message).toContain(first.id);
      await first.unregister();
      expect(await mine()).toEqual([second.id]);
      expect(await two.request('sum')).toBe(2);
    },
  },
  {
    title: 'JSON-RPC: an error refuses its request alone, with its code and its text',
    async check({ register, rpc, expect }) {
      const { request } = rpc<Ledger>(await register('ledger'));
      const [error, sum] = await Promise.all([
        failure('SESSION_REFUSED', () => request('add', { amount: 'much' as never })),
        request('add', { amount: 3 }),
      ]);
      expect(error.message).toMatch(/\(-32602\): an amount is a number/);
      expect(sum).toBe(3);
    },
  },
  {
    title: 'JSON-RPC with headers: without sessions, notifications go to all, or to those who ask',
    async check({ register, rpc }) {
      const all = rpc(await register('stateless'));
      const some = rpc(await register('stateless', { params: { notifications: ['rates'] } }));
      const amount = Math.random();
      await rpc(await register('stateless')).request('add', { amount });
      const mine = (params: unknown): boolean => (params as { amount?: number }).amount === amount;
      await all.notification('rates', mine);
      await some.notification('rates', mine);
      await all.notification('changed');
      await failure('REQUEST_TIMEOUT', () => some.notification('changed', undefined, { timeout: 50 }));
    },
  },
];
