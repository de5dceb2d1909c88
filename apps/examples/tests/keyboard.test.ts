import type { InteractStep, PlushieEvent } from '@carpool/plushie';
import { expect } from 'vitest';
import { mount, type App, type Renderer } from '../app/mount.ts';
import { button, slider, text, textInput, window } from '../app/widgets.ts';
import { test } from '#test';

interface Note {
  readonly words: string;
  readonly volume: number;
  readonly log: readonly string[];
}

/** Records the family of every event of its widgets. */
const note: App<Note> = {
  init: { words: '', volume: 5, log: [] },
  view: ({ words, volume, log }) =>
    window(
      'Note',
      textInput('words', words, 'Write'),
      button('keep', 'Keep'),
      slider('volume', [0, 10], volume),
      text('log', log.join(' ')),
    ),
  update(model, event: PlushieEvent) {
    const log = [...model.log, event.family ?? event.type];
    if (event.family === 'input') return { ...model, log, words: event.value };
    if (event.family === 'slide') return { ...model, log, volume: event.value };
    return { ...model, log };
  },
};

async function focusOn(renderer: Renderer, times: number): Promise<void> {
  for (let pressed = 0; pressed < times; pressed++) {
    await renderer.interact({ type: 'interact', action: 'press', payload: { key: 'Tab' } });
  }
}

test('typing makes a step for each character', async ({ renderer }) => {
  const { view } = note;
  renderer.send({ type: 'snapshot', tree: view(note.init) });
  await focusOn(renderer, 1);

  const typing = renderer.interact({
    type: 'interact',
    action: 'type_text',
    selector: { by: 'id', value: 'words' },
    payload: { text: 'abc' },
  });
  const steps: InteractStep[] = [];
  for await (const step of typing) {
    steps.push(step);
    const [event] = step.events;
    const words = event?.family === 'input' ? event.value : '';
    // The next character is typed when the renderer has the view that follows from this one.
    renderer.send({ type: 'snapshot', tree: view({ ...note.init, words }) });
  }
  expect(steps.flatMap(({ events }) => events)).toMatchObject([
    { family: 'input', id: 'words', value: 'a' },
    { family: 'input', id: 'words', value: 'ab' },
    { family: 'input', id: 'words', value: 'abc' },
  ]);
  expect((await typing).events).toEqual([]);
});

test('what is typed ends up in the field', async ({ renderer }) => {
  const app = mount(renderer, note);
  await focusOn(renderer, 1);
  await app.type('words', 'hello');
  expect(app.model.words).toBe('hello');
  expect((await app.find('words'))?.props['value']).toBe('hello');
});

test('Backspace takes the last character', async ({ renderer }) => {
  const app = mount(renderer, note);
  await focusOn(renderer, 1);
  await app.type('words', 'abc');
  await app.press('Backspace');
  expect(app.model.words).toBe('ab');
});

test('Enter submits', async ({ renderer }) => {
  const app = mount(renderer, note);
  await focusOn(renderer, 1);
  await app.type('words', 'a');
  await app.press('Enter');
  expect(app.model.log).toEqual(['input', 'submit']);
});

test('a key that no widget handles is reported unchanged', async ({ renderer }) => {
  mount(renderer, note);
  const { events } = await renderer.interact({ type: 'interact', action: 'press', payload: { combo: 'Ctrl+S' } });
  expect(events).toMatchObject([{ family: 'key_press', modifiers: { ctrl: true, shift: false } }]);
});

test('other requests wait until an interaction is over', async ({ renderer }) => {
  const app = mount(renderer, note);
  await focusOn(renderer, 1);
  // Asked in the middle of the typing, answered after it: the renderer would swallow it otherwise.
  const typing = app.type('words', 'abc');
  const found = app.find('words');
  await typing;
  expect((await found)?.props['value']).toBe('abc');
});
