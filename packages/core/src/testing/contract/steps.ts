/** Requests whose reply is preceded by steps. */
import { failing, on, type SessionContract } from './subject.ts';

export function stepContract(contract: SessionContract): void {
  const { expect } = contract;
  const steps = on(contract, 'steps');

  steps('an interaction gives its steps in order, then its response', async (pool) => {
    const session = await pool.register();
    const interaction = session.interact({ type: 'interact', action: 'click' });
    const seen: unknown[] = [];
    for await (const { n } of interaction) seen.push(n);
    expect(seen).toEqual([1, 2, 3]);
    expect(await interaction).toMatchObject({ type: 'reply', echo: { action: 'click' } });
  });

  steps('an interaction can be awaited alone', async (pool) => {
    const session = await pool.register();
    expect(await session.interact({ type: 'interact' })).toMatchObject({ type: 'reply' });
    expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  });

  steps('after leaving the loop early the response can still be awaited, and steps are no events', async (pool) => {
    const session = await pool.register();
    const interaction = session.interact({ type: 'interact' });
    for await (const step of interaction) {
      expect(step).toMatchObject({ n: 1 });
      break;
    }
    expect(await interaction).toMatchObject({ type: 'reply' });
    session.send({ type: 'note' });
    expect(await session.event()).toMatchObject({ echo: { type: 'note' } });
  });

  steps('two interactions at once keep their steps apart', async (pool) => {
    const session = await pool.register();
    const both = [session.interact({ type: 'interact', n: 1 }), session.interact({ type: 'interact', n: 2 })];
    for (const [index, interaction] of both.entries()) {
      let count = 0;
      for await (const step of interaction) count += step['type'] === 'step' ? 1 : 0;
      expect(count).toBe(3);
      expect(await interaction).toMatchObject({ echo: { n: index + 1 } });
    }
  });

  steps('an interaction that is refused fails in its loop too', async (pool) => {
    const session = await pool.register();
    const interaction = session.interact({ type: 'refuse' });
    const loop = async (): Promise<void> => {
      for await (const step of interaction) expect(step).toBe('never there');
    };
    await failing(contract, 'SESSION_REFUSED', loop);
    await failing(contract, 'SESSION_REFUSED', interaction);
  });

  on(contract, 'answers-late')('an interaction has a deadline, and can be given up', async (pool) => {
    const session = await pool.register();
    await failing(contract, 'REQUEST_TIMEOUT', session.interact({ type: 'interact' }, { timeout: 30 }));
    const reason = new Error('enough');
    const given = new AbortController();
    const interaction = session.interact({ type: 'interact' }, { signal: given.signal });
    given.abort(reason);
    expect(await interaction.then(undefined, (thrown: unknown) => thrown)).toBe(reason);
  });

  on(contract, 'steps', { maxUnreadEvents: 2 })('steps that are not read are bounded', async (pool) => {
    const session = await pool.register();
    const error = await failing(contract, 'SESSION_OVERFLOW', session.interact({ type: 'interact' }));
    expect(error.scope).toBe('call');
    expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
  });

  steps('the id of an interaction is known at once, and is that of its steps and its reply', async (pool) => {
    const session = await pool.register();
    const [one, two] = [session.interact({ type: 'interact' }), session.interact({ type: 'interact', id: 'mine' })];
    expect(typeof one.id).toBe('string');
    expect(two.id).toBe('mine');
    for (const interaction of [one, two]) {
      const ids: unknown[] = [];
      for await (const { id } of interaction) ids.push(id);
      expect(ids).toEqual([interaction.id, interaction.id, interaction.id]);
      expect(await interaction).toMatchObject({ id: interaction.id });
    }
  });
}
