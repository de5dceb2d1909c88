// What a session shows of what its child has printed: not what came before it.
import { describe, expect, test } from 'vitest';
import type { ChildPool } from '../../src/pool/pool.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import type { Session } from '../../src/session/types.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol, until } from '../support/pools.ts';

interface Subject {
  readonly pool: ChildPool;
  register(): Promise<Session>;
}

const subjects: [string, (flags: string, options?: Partial<PoolOptions>) => Promise<Subject>][] = [
  [
    'in process',
    async (flags, options) => {
      const logs = pool(`logs ${flags}`, options);
      return { pool: logs, register: () => logs.register() };
    },
  ],
  [
    'through a host',
    async (flags, options) => {
      const served = await serve({ echoes: program(`logs ${flags}`, options) });
      const client = await served.connect();
      return { pool: served.pool(), register: () => client.register('echoes') };
    },
  ],
];
const open = { send: { type: 'open' }, expect: { type: 'opened' } };
const earlier = '(nothing since this session began)';

const log = (session: Session, text: string): Promise<unknown> => session.request({ type: 'log', text });
const stderrOf = async (session: Session): Promise<string | undefined> => (await session.evidence()).stderr;

describe.each(subjects)('%s', (_, subject) => {
  test('is what came since it began, also while it was opened, and not what the start or others before it have printed', async () => {
    const { register } = await subject('', { protocol: { ...programProtocol, open } });
    // In this process what it prints may be read after what it answers: after this line the start was read, too.
    const starts = await register();
    await until('the start was read', async () => (await stderrOf(starts))?.endsWith(`opens ${starts.id}\n`) === true);
    const first = await register();
    await until('it was opened', async () => (await stderrOf(first)) === `opens ${first.id}\n`);
    await log(first, 'of the first');
    await until('it was read', async () => (await stderrOf(first))?.endsWith('of the first\n') === true);
    const second = await register();
    await until('it was opened, too', async () => (await stderrOf(second)) === `opens ${second.id}\n`);
    await log(second, 'of the second');
    // One process writes for all its sessions: what it prints meanwhile may be of each.
    const both = `opens ${first.id}\nof the first\nopens ${second.id}\nof the second\n`;
    await until('all was read', async () => (await stderrOf(first)) === both);
    expect(await stderrOf(second)).toBe(`opens ${second.id}\nof the second\n`);
  });

  test('is there at once, where the child prints before it answers', async () => {
    const { register } = await subject('--silent');
    for (let turn = 1; turn <= 50; turn++) {
      const session = await register();
      await log(session, `turn ${turn}`);
      expect(await stderrOf(session)).toBe(`turn ${turn}\n`);
      await session.unregister();
    }
  });

  test('says that there was more, where nothing came since; of a child that has printed nothing there is none', async () => {
    const { register } = await subject('--silent');
    const first = await register();
    expect(await stderrOf(first)).toBeUndefined();
    await log(first, 'of the first');
    await until('it was read', async () => (await stderrOf(first)) === 'of the first\n');
    expect(await stderrOf(await register())).toBe(earlier);
    const late = await failure((await register()).request({ type: 'reset' }, { timeout: 20 }), 'REQUEST_TIMEOUT');
    expect(late.evidence.stderr ?? earlier).toBe(earlier);
  });

  test('of a child that has died is the end of it all, as in the error', async () => {
    const { register } = await subject('--silent');
    await log(await register(), 'the disk is nearly full');
    const session = await register();
    const died = await failure(session.request({ type: 'die' }), 'CHILD_EXITED');
    const { exit, stderr, messages } = await session.evidence();
    expect({ exit, stderr }).toEqual({ exit: 'exited with code 3', stderr: 'the disk is nearly full\n' });
    expect(died.evidence).toMatchObject({ exit, stderr });
    // Its own; the error has those of all sessions.
    expect(messages).toHaveLength(1);
    expect(messages?.[0]).toMatch(/^→ \{.*type: "die".*\}$/);
  });

  test('of a session that was opened ahead begins when a test has it', async () => {
    const { pool: logs, register } = await subject('', { warm: 1, protocol: { ...programProtocol, open } });
    const first = await register();
    await until('one is warm', () => logs.stats().warm === 1);
    await log(first, 'of the first');
    await until('it was read', async () => (await stderrOf(first))?.endsWith('of the first\n') === true);
    const second = await register();
    expect(await stderrOf(second)).not.toContain('of the first');
    await log(second, 'of the second');
    expect(await stderrOf(second)).toContain('of the second\n');
  });
});
