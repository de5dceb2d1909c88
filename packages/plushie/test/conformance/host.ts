/** The same through a host process and a test worker's connection to it. */
import type { Client } from 'carpool/adapter/test-process';
import { expect, test } from 'vitest';
import type { PlushieMessages } from '../../src/messages.ts';
import { failure } from '../support/failure.ts';
import { connect } from './sources.ts';
import { hashOf, pressTab, tree, treeOf, type PlushieSession, type Subject } from './subject.ts';

export function hostSuite(subject: Subject): void {
  test('through a host a session is the same: requests, stubs, steps, flow, its end', async () => {
    const [client, worker] = await connect(subject);
    const [one, other] = await Promise.all([register(client, 0), register(worker, 0)]);
    other.send({ type: 'snapshot', tree: tree(1) });
    expect(await Promise.all([treeOf(one), treeOf(other)])).toEqual([tree(), tree(1)]);
    expect(await hashOf(one)).not.toBe(await hashOf(other));
    expect(one.hello).toMatchObject({ mode: subject.mode, codec: subject.format });

    const stub = { type: 'register_effect_stub', kind: 'file_open' } as const;
    const acks = await Promise.all([1, 2].map((response) => one.request({ ...stub, response })));
    expect(acks).toMatchObject([{ status: 'registered' }, { status: 'registered' }]);
    const shot = await one.request({ type: 'screenshot', name: 's', width: 20, height: 10 });
    expect(shot).toMatchObject(subject.mode === 'mock' ? { width: 0 } : { width: 20, height: 10 });

    await pressTab(one, 2);
    const selector = { by: 'id', value: 'name' } as const;
    const typing = one.interact({ type: 'interact', action: 'type_text', selector, payload: { text: 'ab' } });
    const held = treeOf(one);
    for await (const { events } of typing) {
      const value = events[0]?.family === 'input' ? events[0].value : 'no input';
      one.send({ type: 'patch', ops: [{ op: 'update_props', path: [0, 2], props: { value } }] });
    }
    expect((await held)?.children[0]?.children[2]?.props).toMatchObject({ value: 'ab' });

    for (let count = 1; count <= 2_000; count++) {
      const props = { content: `Count: ${count}` };
      other.send({ type: 'patch', ops: [{ op: 'update_props', path: [0, 0], props }] });
    }
    expect(await treeOf(other)).toEqual(tree(2_000));
    await Promise.all([one.unregister(), other.unregister()]);
  });

  test('through a host a renderer that is killed ends the sessions of every worker, and the next call gets another', async () => {
    const [client, worker] = await connect(subject);
    const [one, other] = await Promise.all([register(client, 0), register(worker, 1)]);
    expect(await treeOf(other)).toEqual(tree(1));
    const [stats] = await client.stats();
    process.kill(stats?.pids[0] as number, 'SIGKILL');
    for (const session of [one, other]) {
      expect((await session.closed).error?.code).toBe('CHILD_EXITED');
      const error = await failure(treeOf(session), 'CHILD_EXITED');
      expect(error.evidence.exit).toContain('SIGKILL');
    }
    const next = await register(worker, 2);
    expect(await treeOf(next)).toEqual(tree(2));
    expect(await worker.stats()).toMatchObject([{ children: 2, open: 1, failures: 1 }]);
    await next.unregister();
  });
}

async function register(client: Client, count: number): Promise<PlushieSession> {
  const session = await client.register<PlushieMessages>('renderer');
  session.send({ type: 'snapshot', tree: tree(count) });
  return session;
}
