/** The address by which a host is offered to runs of other machines is taken back. */
import { connect } from '@nats-io/transport-node';
import { connectClient } from 'carpool/adapter/test-process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { begin, carpool, fault, machineOf, machines, serving } from './support/machines.ts';
import { binary, reason } from './support/servers.ts';

interface Said {
  readonly says: string;
  readonly host?: string;
  readonly offer?: { readonly host: string; readonly addresses: readonly string[] };
}

describe.skipIf(binary === undefined)(`the address of an offer${reason}`, () => {
  test('revoked: the host says goodbye and offers nothing, what came by it is refused; started again, it offers again', async () => {
    const all = await machines();
    const connection = await connect({ servers: all.url });
    onTestFinished(() => connection.close());
    const heard: Said[] = [];
    connection.subscribe('carpool.hosts', {
      callback: (_, message) => {
        const said = message.json<Said>();
        // It asks first whether it may publish.
        if (said.says === 'offers' || said.says === 'ends') heard.push(said);
      },
    });
    await connection.flush();
    const b = await all.serve('b', { slots: 1 });
    const run = await begin(all.checkout('a', 1));
    const worker = await run.worker();
    const sessions = await Promise.all([1, 2].map((n) => worker.register('echoes', { under: ['a.test', `t${n}`] })));
    const names = await Promise.all(sessions.map(machineOf));
    expect(names.toSorted()).toEqual(['a', 'b']);
    const there = sessions[names.indexOf('b')]!;
    const { offer } = heard.at(-1) ?? {};
    const [old = ''] = offer?.addresses ?? [];

    expect(await carpool(b, 'address', '--revoke', 'reach')).toMatch(
      /^carpool: 1 address of "reach" revoked; \d+ connections? ended\n$/,
    );
    const last =
      /Z offers nothing to other hosts any more: its address was revoked\. Start this host again to offer its pools$/;
    await expect.poll(() => b.lines.some((line) => last.test(line))).toBe(true);
    await expect.poll(() => heard.at(-1)).toMatchObject({ says: 'ends', host: offer?.host });
    expect(['HUB_LOST', 'HUB_REJECTED']).toContain((await there.closed).error?.code);
    expect(await fault(worker.register('echoes', { wait: false }))).toMatch(/^POOL_FULL: /);
    expect(await fault(connectClient({ address: old, runner: 'a test' }))).toMatch(
      /^HUB_REJECTED: .*the address of "reach" was revoked/,
    );
    expect(await carpool(b, 'address', '--for', 'ci')).toMatch(/^carpool\+tls:/);
    await b.stop();
    // Up to its end it has offered nothing more.
    await connection.flush();
    const ended = heard.findIndex(({ says }) => says === 'ends');
    expect(heard.slice(ended).filter(({ says }) => says === 'offers')).toEqual([]);
    await serving(b);
    const [fresh = ''] = heard.at(-1)?.offer?.addresses ?? [];
    expect(fresh.split('#')[1]).not.toBe(old.split('#')[1]);
    await expect
      .poll(
        async () => {
          const registered = worker.register('echoes', { wait: false });
          return (await fault(registered)) === 'undefined' ? await machineOf(await registered) : '';
        },
        { timeout: 20_000, interval: 100 },
      )
      .toBe('b');
  });
});
