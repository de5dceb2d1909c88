/** The renderer is killed while the app is being typed into, and another one takes its place. */
import { plushie } from '@carpool/plushie';
import { pooledBackend } from '@carpool/plushie/backend';
import { standIn } from '@carpool/plushie/stand-in';
import { withPools } from '@carpool/vitest';
import { createPool } from 'carpool';
import { describe, expect } from 'vitest';
import { todo, type Todo } from '../../app/todo.ts';
import { kind, mode, rendererArgs, rendererPath } from '../../renderer.ts';
import config from '../carpool.config.ts';
import { start, type Driver } from '../driver.ts';
import type { Exit, Program } from '../program.ts';
import { ManualClock } from './manual-clock.ts';
import { expectShown } from './shown.ts';

const test = withPools(config);

/** A to-do list that records how its renderers ended, and acts when something is typed. */
function recorded(onInput: (draft: string) => void): { readonly app: Program<Todo>; readonly exits: Exit[] } {
  const exits: Exit[] = [];
  const app: Program<Todo> = {
    ...todo,
    update(model, event) {
      if (event.family === 'input') onInput(event.value);
      return todo.update(model, event);
    },
    onExit(model, exit) {
      exits.push(exit);
      return model;
    },
  };
  return { app, exits };
}

/** @param restart makes the back-off pass */
async function expectRecovery(app: Driver<Todo>, exits: readonly Exit[], restart: () => void): Promise<void> {
  await app.press('Tab');
  await app.typeText('new', 'tea');
  await app.press('Enter');
  await expect(app.typeText('new', 'ja☠m')).rejects.toThrow(/^The renderer is gone: crash: .*SIGKILL/);

  expect(exits).toEqual([{ type: 'crash', message: expect.stringContaining('SIGKILL') as string }]);
  expect(app.model()).toMatchObject({ draft: 'ja', items: [{ title: 'tea' }] });

  restart();
  await expectShown(app, todo);
  await app.press('Tab');
  await app.typeText('new', 'm');
  await app.press('Enter');
  expect(app.model().items).toMatchObject([{ title: 'tea' }, { title: 'jam' }]);
  await expectShown(app, todo);
  expect(exits).toHaveLength(1);
}

test('through the host, a renderer that kills itself, and a clock that runs', async ({ carpool }) => {
  const { app, exits } = recorded(() => {});
  // What is asked of the app waits until it is shown again.
  await expectRecovery(await start(app, pooledBackend(carpool.mortal)), exits, () => {});
});

describe.each([
  { renderer: 'the stand-in', options: standIn },
  ...(kind === 'real' ? [{ renderer: 'the real one', options: { mode, rendererPath, rendererArgs } }] : []),
])('in process, $renderer', ({ options }) => {
  test.for(['msgpack', 'json'] as const)('killed before its step is answered, %s', async (format) => {
    await using pool = createPool(plushie({ ...options, format }));
    const { app, exits } = recorded((draft) => {
      if (draft === 'ja') process.kill(pool.stats().pids[0] ?? expect.unreachable(), 'SIGKILL');
    });
    const clock = new ManualClock();
    const driver = await start(app, pooledBackend(pool), clock);
    await expectRecovery(driver, exits, () => clock.elapse());
    expect(clock.delays).toEqual([100]);
    await driver.stop();
    expect(pool.stats()).toMatchObject({ children: 2, failures: 1, open: 0 });
  });
});
