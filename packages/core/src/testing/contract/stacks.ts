/** Errors point at the line of the test that made the call. */
import type { CarpoolError } from '../../base/errors.ts';
import { failing, on, type SessionContract } from './subject.ts';

/** `file:line` of the line after the one that calls this. */
function nextLine(): string {
  const caller = new Error('only for its stack').stack?.split('\n')[2] ?? '';
  const [, file, line] = /([^/\\(\s]+):(\d+):\d+\)?$/.exec(caller) ?? [];
  return `${file}:${Number(line) + 1}:`;
}

export function stackContract(contract: SessionContract): void {
  const { expect } = contract;
  const one = on(contract, 'answers-late', { maxSessions: 1 });

  function expectAt(place: string, error: CarpoolError): void {
    const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
    expect(frames[0], error.stack).toContain(place);
    expect(error.stack, 'its head').toContain(`CarpoolError [${error.code}]: ${error.message}`);
  }

  one('a failed `register` points at its call', async (pool) => {
    await pool.register({ owner: 'mine' });
    let place = nextLine();
    const full = pool.register({ wait: false });
    expectAt(place, await failing(contract, 'POOL_FULL', full));
    place = nextLine();
    const again = pool.register({ owner: 'mine' });
    expectAt(place, await failing(contract, 'ALREADY_REGISTERED', again));
    place = nextLine();
    const timeout = pool.register({ timeout: 10 });
    expectAt(place, await failing(contract, 'POOL_QUEUE_TIMEOUT', timeout));
  });

  one('a failed call of a session points at its call', async (pool) => {
    const session = await pool.register();
    let place = nextLine();
    const request = session.request({ type: 'query' }, { timeout: 10 });
    expectAt(place, await failing(contract, 'REQUEST_TIMEOUT', request));
    place = nextLine();
    const interaction = session.interact({ type: 'query' }, { timeout: 10 });
    expectAt(place, await failing(contract, 'REQUEST_TIMEOUT', interaction));
    place = nextLine();
    const event = session.event(() => true, { timeout: 10 });
    expectAt(place, await failing(contract, 'REQUEST_TIMEOUT', event));
    const pending = { place: nextLine(), call: undefined as Promise<unknown> | undefined };
    pending.call = session.request({ type: 'query' });
    await session.unregister();
    expectAt(pending.place, await failing(contract, 'SESSION_CLOSED', pending.call));
    place = nextLine();
    const send = (): void => session.send({ type: 'query' });
    expectAt(place, await failing(contract, 'SESSION_CLOSED', send));
    place = nextLine();
    const unregister = session.unregister();
    expectAt(place, await failing(contract, 'SESSION_CLOSED', unregister));
  });
}
