/** Three apps and a theme on every kind of renderer, through the host. */
import { pooledBackend } from '@carpool/plushie/backend';
import { withPools } from '@carpool/vitest';
import { describe, expect } from 'vitest';
import { counter } from '../../app/counter.ts';
import { signUp } from '../../app/sign-up.ts';
import { todo } from '../../app/todo.ts';
import { kind } from '../../renderer.ts';
import config from '../carpool.config.ts';
import { start } from '../driver.ts';
import { program } from '../program.ts';
import { expectShown } from './shown.ts';
import { themed } from './themed.ts';

const test = withPools(config);

const standIns = ['standInMsgpack', 'standInJson', 'standInWindowed'] as const;
const real = ['mockMsgpack', 'mockJson', 'headlessMsgpack', 'headlessJson'] as const;

// Real windows only where there is a display: `xvfb-run -a -s -noreset npx vitest run`.
const windows = process.env['DISPLAY'] === undefined ? [] : (['windowed'] as const);

describe.for(kind === 'real' ? [...standIns, ...real, ...windows] : standIns)('%s', (pool) => {
  test('counter', async ({ carpool }) => {
    const app = await start(counter, pooledBackend(carpool[pool]));
    await app.click('#more');
    await app.click('[text=+]');
    await app.click('less');
    expect(app.model()).toBe(1);
    expect((await app.find('count'))?.props['content']).toBe('1');
    await expectShown(app, counter);
  });

  test('to do: typed character by character, in steps', async ({ carpool }) => {
    const drafts: string[] = [];
    const recorded = program({
      ...todo,
      update(model, event) {
        if (event.family === 'input') drafts.push(event.value);
        return todo.update(model, event);
      },
      // It changes during an interaction. The renderer must not take the message that says so for the answer to a step.
      subscriptions: ({ draft }) => (draft === '' ? [] : [{ kind: 'on_theme_change', tag: 'draft' }]),
    });
    const app = await start(recorded, pooledBackend(carpool[pool]));
    // A renderer with windows types the whole text at once, and its keys reach no widget (seen).
    const whole = pool === 'windowed' || pool === 'standInWindowed';
    await app.press('Tab'); // The field has the focus.
    for (const title of ['tea', 'jam']) {
      await app.typeText('new', title);
      await (whole ? app.submit('new') : app.press('Enter'));
      await expectShown(app, todo);
    }
    expect(drafts).toEqual(whole ? ['tea', 'jam'] : ['t', 'te', 'tea', 'j', 'ja', 'jam']);
    await app.toggle('done-1', true);
    await app.click('clear');
    expect(app.model().items).toMatchObject([{ title: 'jam', done: false }]);
    await expectShown(app, todo);
  });

  test('form', async ({ carpool }) => {
    const app = await start(signUp, pooledBackend(carpool[pool]));
    await app.click('send');
    expect((await app.find('problem-0'))?.props['content']).toBe('A name is missing');
    await app.typeText('name', 'Ada');
    await app.typeText('email', 'ada@example.org');
    await app.select('country', 'Peru');
    await app.toggle('agreed', true);
    await expectShown(app, signUp);
    await app.click('send');
    expect((await app.find('welcome'))?.props['content']).toBe('Welcome, Ada');
    await expectShown(app, signUp);
  });

  const reason = pool === 'windowed' ? ' (skipped: with windows they are about the theme of the desktop)' : '';
  test.skipIf(reason !== '')(`events of a subscription, until it ends${reason}`, async ({ carpool }) => {
    const app = await start(themed, pooledBackend(carpool[pool]));
    await app.click('dark');
    await app.tree(); // The event came before this answer.
    expect(app.model().heard).toEqual(['dark']);
    await app.click('listen');
    await app.click('light');
    await expectShown(app, themed);
    expect(app.model()).toEqual({ theme: 'light', listens: false, heard: ['dark'] });
  });
});
