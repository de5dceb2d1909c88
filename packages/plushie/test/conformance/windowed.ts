/** Windowed mode: each session has a renderer of its own, behind the same interface. */
import { linux } from '@carpool/test-harness/programs';
import { pooledTransport } from '../../src/backend.ts';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { failure } from '../support/failure.ts';
import { until } from '../support/place.ts';
import { sources, type Source } from './sources.ts';
import { pool, tree, treeOf, type PlushieSession, type Subject } from './subject.ts';

afterEach(() => void vi.unstubAllEnvs());

export function windowedSuite(subject: Subject): void {
  describe.each(sources)(`${subject.name}, $name`, { timeout: 30_000 }, ({ start }) => {
    const two = { maxSessions: 2 };

    test('every session has a renderer of its own, and no more run than there may be sessions', async () => {
      const [one, other] = await start(subject, two);
      const [a, b] = [await shown(one, 1), await shown(other, 2)];
      expect(a.hello).toMatchObject({ mode: 'windowed', codec: subject.format });
      expect(await Promise.all([a, b].map(treeOf))).toEqual([tree(1), tree(2)]);
      const first = await one.stats();
      expect(first).toMatchObject({ maxSessions: 2, open: 2, running: 2, children: 2 });
      const full = await failure(one.register({ wait: false }), 'POOL_FULL');
      expect(full.context).toMatchObject({ max: 2 });
      const waiting = shown(other, 3);
      await a.unregister();
      const c = await waiting;
      expect(await treeOf(c)).toEqual(tree(3));
      const second = await one.stats();
      expect(second).toMatchObject({ open: 2, running: 2, children: 3, peak: 2, quarantined: 0, failures: 0 });
      expect(second.pids.filter((pid) => first.pids.includes(pid))).toHaveLength(1);
    });

    test('a renderer exits when its session ends, and starts when the next one begins', async () => {
      const [source] = await start(subject, two);
      expect((await source.stats()).children).toBe(0);
      for (let time = 1; time <= 3; time++) {
        const session = await shown(source, time);
        expect(await treeOf(session)).toEqual(tree(time));
        await session.unregister();
      }
      await until('the renderers are gone', async () => (await source.stats()).running === 0);
      expect(await source.stats()).toMatchObject({ children: 3, sessions: 3, open: 0, failures: 0, quarantined: 0 });
    });

    test('requests and interactions are those of the other modes, without steps', async () => {
      const [source] = await start(subject, two);
      const session = await shown(source, 0);
      const selector = { by: 'id', value: 'inc' } as const;
      const clicking = session.interact({ type: 'interact', action: 'click', selector });
      const steps = [];
      for await (const step of clicking) steps.push(step);
      expect(steps).toEqual([]);
      const { id, events } = await clicking;
      expect(id).toBe(clicking.id);
      expect(events).toMatchObject([{ family: 'click', id: 'inc' }]);
      const { hash } = await session.request({ type: 'tree_hash', name: 'h' });
      expect(hash).toMatch(/^[0-9a-f]{16,}$/);
      const stub = await session.request({ type: 'register_effect_stub', kind: 'file_open', response: 1 });
      expect(stub).toMatchObject({ status: 'registered' });
      const operation = { type: 'widget_op', op: 'list_images', payload: {} } as const;
      expect(await session.request(operation)).toMatchObject({ kind: 'list_images', data: { handles: [] } });
    });

    test('a message may name its own session, or none; another is refused', async () => {
      const [source] = await start(subject, two);
      const session = await shown(source, 0);
      const raw = session as unknown as { send(message: object): void };
      raw.send({ type: 'snapshot', tree: tree(1), session: '' });
      expect(await treeOf(session)).toEqual(tree(1));
      raw.send({ type: 'snapshot', tree: tree(2), session: session.id });
      expect(await treeOf(session)).toEqual(tree(2));
      await failure(() => raw.send({ type: 'snapshot', tree: tree(3), session: 'another' }), 'SESSION_REFUSED');
      expect(await treeOf(session)).toEqual(tree(2));
    });

    test('`reset` empties the session, which goes on', async () => {
      const [source] = await start(subject, two);
      const session = await shown(source, 5);
      expect(await session.request({ type: 'reset' })).toMatchObject({ type: 'reset_response', status: 'ok' });
      expect(await treeOf(session)).toBe(null);
      session.send({ type: 'snapshot', tree: tree(6) });
      expect(await treeOf(session)).toEqual(tree(6));
      expect(await source.stats()).toMatchObject({ children: 1, open: 1 });
    });

    test('a renderer that is killed ends its own session alone', async () => {
      const [one, other] = await start(subject, two);
      const a = await shown(one, 1);
      const [pid] = (await one.stats()).pids;
      const b = await shown(other, 2);
      process.kill(pid as number, 'SIGKILL');
      expect((await a.closed).error?.code).toBe('CHILD_EXITED');
      expect(await treeOf(b)).toEqual(tree(2));
      const next = await shown(one, 3);
      expect(await treeOf(next)).toEqual(tree(3));
      expect(await one.stats()).toMatchObject({ children: 3, failures: 1, open: 2 });
    });

    test('a session is the transport of a runtime', async () => {
      const [source] = await start(subject, two);
      const transport = pooledTransport(await source.register());
      const said: Record<string, unknown>[] = [];
      transport.onMessage((message) => void said.push(message));
      transport.send({ type: 'settings', session: '', settings: { protocol_version: 1 } });
      transport.send({ type: 'snapshot', session: '', tree: tree(4) });
      transport.send({ type: 'query', session: '', id: 'q', target: 'tree' });
      const answer = (): Record<string, unknown> | undefined => said.find(({ id }) => id === 'q');
      await until('it answers', () => answer() !== undefined);
      expect(said[0]).toMatchObject({ type: 'hello', mode: 'windowed' });
      expect(answer()).toMatchObject({ type: 'query_response', session: '', data: tree(4) });
      await transport.close();
    });

    test('settings are those of the renderer from its start', async () => {
      const settings = { default_text_size: 20, fonts: ['/nowhere.ttf'] };
      const [source] = await start(subject, { ...two, settings });
      expect(await treeOf(await shown(source, 1))).toEqual(tree(1));
    });

    test('PLUSHIE_TEST_BACKEND switches a config of shared renderers to as many windows', async () => {
      vi.stubEnv('PLUSHIE_TEST_BACKEND', 'windowed');
      const [source] = await start(
        { ...subject, mode: 'headless' },
        { children: 2, sessionsPerChild: 2, recycleAfter: 50 },
      );
      const sessions = await Promise.all([1, 2, 3].map((count) => shown(source, count)));
      expect(await Promise.all(sessions.map(treeOf))).toEqual([1, 2, 3].map(tree));
      expect(await source.stats()).toMatchObject({ maxSessions: 4, running: 3, open: 3 });
    });
  });

  test.runIf(linux.holds)(
    `${subject.name}: without a display \`register\` fails at once, and says what to do${linux.reason}`,
    async () => {
      for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'WAYLAND_SOCKET']) vi.stubEnv(name, '');
      const { DISPLAY: _, ...env } = subject.env;
      const renderers = pool({ ...subject, env });
      const error = await failure(renderers.register(), 'CHILD_NOT_STARTED');
      expect(error.message).toMatch(/neither DISPLAY nor WAYLAND_DISPLAY is set.*xvfb-run.*mode: "headless"/);
      expect(renderers.stats()).toMatchObject({ open: 0, running: 0 });
    },
  );
}

/** A session that shows `tree(count)`. */
async function shown(source: Source, count: number): Promise<PlushieSession> {
  const session = await source.register();
  session.send({ type: 'snapshot', tree: tree(count) });
  return session;
}
