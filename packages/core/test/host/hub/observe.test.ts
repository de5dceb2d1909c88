/** What a hub shows of sessions to a process that only looks, and that no session waits for it. */
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { within } from '../../../src/base/wait.ts';
import { HostClient } from '../../../src/client/client.ts';
import { connectToHost } from '../../../src/client/connect.ts';
import { Passing } from '../../../src/session/passing.ts';
import type { ObservedBody, ObservedMessage, ObserveRequest } from '../../../src/wire/observe.ts';
import { closing, program, until } from '../../support/pools.ts';
import { listening, serve, type Served } from '../../support/hubs.ts';

interface Looking {
  readonly client: HostClient;
  readonly bodies: ObservedBody[];
  messages(): ObservedMessage[];
}

async function looking(address: string): Promise<Looking> {
  const bodies: ObservedBody[] = [];
  const observed = (body: ObservedBody): void => void bodies.push(body);
  const client = closing(await HostClient.connect({ address, runner: 'carpool tail', observer: true, observed }));
  return { client, bodies, messages: () => bodies.flatMap(({ messages }) => messages) };
}

async function served(line = 'echo'): Promise<Served & { readonly passing: Passing }> {
  const passing = new Passing();
  return Object.assign(await serve({ echoes: program(line) }, { passing }), { passing });
}

test('what was said, what has no reply, and what passes from then on, without a gap and without a second time', async () => {
  const host = await served();
  const worker = await host.connect();
  const holder = { test: 'cart › adds', file: 'cart.test.ts' };
  const session = await worker.register('echoes', { holder });
  const other = await worker.register('echoes', { holder: { test: 'sorts' } });
  await session.request({ type: 'query', n: 1 });
  const { client, messages } = await looking(host.address);
  const asked = session.request({ type: 'query', n: 2 });
  const filter = { test: 'adds' };
  const { sessions } = await client.ask({ method: 'observe', filter }, 5_000);
  await asked;
  await other.request({ type: 'query', n: 'unseen' });
  await session.request({ type: 'query', n: 3, password: 'hunter2hunter2' });
  await until(
    'the last reply is shown',
    () => messages().at(-1)?.direction === 'in' && messages().at(-1)!.text.includes('n: 3'),
  );
  expect(sessions).toMatchObject([{ pool: 'echoes', id: 's1', ...holder }]);
  const told = [
    ...(sessions[0]?.recent ?? []),
    ...messages().map(({ direction, text }) => `${direction === 'out' ? '→' : '←'} ${text}`),
  ];
  for (const n of [1, 2, 3]) {
    expect(told.filter((line) => line.startsWith('→') && line.includes(`n: ${n}`))).toHaveLength(1);
    expect(told.filter((line) => line.startsWith('←') && line.includes(`n: ${n}`))).toHaveLength(1);
  }
  expect(told.join('\n')).not.toMatch(/unseen|hunter2/);
  expect(messages().every(({ session: id, test: name }) => id === 's1' && name === holder.test)).toBe(true);
  await client.ask({ method: 'observe' }, 5_000);
  expect(host.passing.idle).toBe(true);
});

test('a request that gets no reply is among what is said', async () => {
  const host = await served('answers-late');
  const worker = await host.connect();
  const session = await worker.register('echoes', { holder: { test: 'hangs' } });
  const asked = session.request({ type: 'query', n: 1 }, { timeout: 60_000 });
  asked.catch(() => {});
  const { client } = await looking(host.address);
  const shown: string[] = [];
  await until('it is shown', async () => {
    const { sessions } = await client.ask({ method: 'observe', filter: { session: 's1', pool: 'echoes' } }, 5_000);
    return shown.push(...(sessions[0]?.unanswered ?? [])) > 0;
  });
  expect(shown).toEqual([expect.stringMatching(/^→ \{.*n: 1/)]);
});

test('what was said, and what has no reply, is as long as is wanted; it is told only where that is asked for', async () => {
  const host = await served('answers-late');
  const worker = await host.connect();
  const session = await worker.register('echoes', { holder: { test: 'hangs' } });
  const text = 'y'.repeat(5_000);
  const asked = session.request({ type: 'query', text }, { timeout: 60_000 });
  asked.catch(() => {});
  const { client } = await looking(host.address);
  await until('it has gone', () => host.pool().status(1, () => String).sessions[0]?.said?.recent.length === 1);
  const observe = { method: 'observe', filter: { session: 's1' } } as const;
  const { sessions } = await client.ask({ ...observe, characters: 16_384 }, 5_000);
  expect(sessions[0]?.recent).toEqual([expect.stringContaining(text)]);
  expect(sessions[0]?.unanswered).toEqual([expect.stringContaining(text)]);
  const short = await client.ask(observe, 5_000);
  expect(short.sessions[0]?.recent[0]?.length).toBeLessThanOrEqual('→ '.length + 200);
  expect(await client.ask({ ...observe, said: false }, 5_000)).toEqual({ sessions: [] });
});

test('the end of the process that looks ends it, and the end of the host ends that one', async () => {
  const host = await served();
  const { client } = await looking(host.address);
  await client.ask({ method: 'observe', filter: {} }, 5_000);
  expect(host.passing.idle).toBe(false);
  client.close();
  await until('nothing looks', () => host.passing.idle);
  const again = await looking(host.address);
  await again.client.ask({ method: 'observe', filter: {} }, 5_000);
  expect(host.hub.peers).toBe(0);
  await host.hub.close();
  await again.client.closed;
});

test('an observer that reads nothing for a while loses messages, is told how many, and holds up no session and no end', async () => {
  const host = await served();
  const worker = await host.connect();
  const session = await worker.register('echoes', { holder: { test: 'talks' } });
  const bodies: ObservedBody[] = [];
  const observed = (body: ObservedBody): void => void bodies.push(body);
  const runner = 'carpool tail';
  const { socket, mux } = await connectToHost({ address: host.address, runner, observer: true, observed });
  closing({ close: () => socket.destroy() });
  await mux.root.port.request({ method: 'observe', filter: {}, characters: 16_384 } satisfies ObserveRequest);
  const text = 'y'.repeat(2_000);
  let count = 0;
  const talks = async (most: number): Promise<void> => {
    for (let n = 0; n < most; n++, count++) await session.request({ type: 'query', text });
  };
  socket.pause();
  // More than the socket and the host keep for it.
  await ended('its requests', talks(1_500));
  expect(bodies).toEqual([]);
  socket.resume();
  const told = (): number => bodies.reduce((sum, { messages, lost = 0 }) => sum + messages.length + lost, 0);
  await until('all are shown or lost', () => told() === 2 * count);
  expect(bodies.some(({ lost = 0 }) => lost > 0)).toBe(true);
  socket.pause();
  await ended('its requests', talks(1_500));
  await ended('the host', host.hub.close());
}, 60_000);

/** @throws Error if it has not ended in a time that no machine is too slow for */
async function ended(what: string, work: Promise<void>): Promise<void> {
  const expired = (): Error => new Error(`${what} wait for the observer`);
  await within(work, { clock: systemClock, timeout: 20_000, expired });
}

test('messages are shown to what only looks, on this machine', async () => {
  const host = await served();
  const worker = await host.connect();
  await expect(worker.ask({ method: 'observe', filter: {} }, 5_000)).rejects.toMatchObject({ code: 'HUB_REJECTED' });
  const { address } = await listening(host.hub);
  const remote = await looking(address);
  await expect(remote.client.ask({ method: 'observe', filter: {} }, 5_000)).rejects.toThrow(
    'messages are shown on the machine of the host alone',
  );
});
