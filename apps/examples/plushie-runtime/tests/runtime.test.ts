/** The runtime alone, on a renderer inside the test. */
import type { PlushieEvent } from '@carpool/plushie';
import { expect, onTestFinished, test } from 'vitest';
import { button, text, textInput, window } from '../../app/widgets.ts';
import { program, type Exit, type Program } from '../program.ts';
import { run, type Runtime } from '../runtime.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryRenderer } from './memory-renderer.ts';

interface Note {
  readonly words: string;
  readonly exits: readonly Exit[];
}

/** Listens to the theme, and to keys while the field is empty. */
const note = program<Note>({
  init: { words: '', exits: [] },
  view: ({ words }) => window('Note', textInput('words', words, 'Write'), text('length', String(words.length))),
  update(model, event) {
    if (event.family === 'click') throw new Error('update failed');
    return event.family === 'input' ? { ...model, words: event.value } : model;
  },
  subscriptions: ({ words }) => [theme, ...(words === '' ? [keys] : [])],
  onExit: (model, exit) => ({ ...model, exits: [...model.exits, exit] }),
});

const theme = { kind: 'on_theme_change', tag: 'theme' };
const keys = { kind: 'on_key_press', tag: 'keys' };

interface Started<Model> {
  readonly runtime: Runtime<Model>;
  readonly renderers: readonly MemoryRenderer[];
  readonly clock: ManualClock;
  /** The newest. */
  renderer(): MemoryRenderer;
}

function started<Model>(app: Program<Model>, make = (_nth: number) => new MemoryRenderer()): Started<Model> {
  const renderers: MemoryRenderer[] = [];
  const clock = new ManualClock();
  const runtime = run(
    app,
    () => {
      const renderer = make(renderers.length);
      renderers.push(renderer);
      return renderer;
    },
    clock,
  );
  onTestFinished(() => runtime.stop());
  const renderer = (): MemoryRenderer => {
    const [newest] = renderers.slice(-1);
    if (newest === undefined) throw new Error('There is no renderer');
    return newest;
  };
  return { runtime, renderers, clock, renderer };
}

const input = (value: string): PlushieEvent => ({ type: 'event', session: '', family: 'input', id: 'words', value });

test('it starts with settings, waits for hello, then shows the app and subscribes', async () => {
  const { runtime, renderer } = started({ ...note, settings: { default_text_size: 20 } });
  expect(renderer().types).toEqual(['settings']);
  await runtime.ready();
  expect(renderer().sent).toEqual([
    { type: 'settings', settings: { default_text_size: 20, protocol_version: 1 } },
    { type: 'snapshot', tree: note.view(note.init) },
    { type: 'subscribe', ...theme },
    { type: 'subscribe', ...keys },
  ]);
});

test('an event makes a patch, and one that changes nothing makes none', async () => {
  const { runtime, renderer } = started(note);
  await runtime.ready();
  renderer().says({ ...input('a') });
  expect(runtime.model().words).toBe('a');
  expect(renderer().sent.slice(4)).toEqual([
    {
      type: 'patch',
      ops: [
        { op: 'update_props', path: [0, 0], props: { value: 'a' } },
        { op: 'update_props', path: [0, 1], props: { content: '1' } },
      ],
    },
    { type: 'unsubscribe', ...keys },
  ]);
  renderer().says({ ...input('a') });
  expect(renderer().types).toHaveLength(6);
});

test('every step is answered, also one that changes nothing; the events of the response count too', async () => {
  const { runtime, renderer } = started(note);
  const typed = runtime.ask({
    type: 'interact',
    action: 'type_text',
    selector: { by: 'focused' },
    payload: { text: 'ab' },
  });
  const { id } = await renderer().last('interact');
  renderer().says({ type: 'interact_step', id, events: [input('a'), input('ab')] });
  expect(await renderer().last('patch')).toMatchObject({
    ops: [{ props: { value: 'ab' } }, { props: { content: '2' } }],
  });
  renderer().says({ type: 'interact_step', id, events: [] });
  expect(await renderer().last('patch')).toEqual({ type: 'patch', ops: [] });
  renderer().says({ type: 'interact_response', id, events: [input('abc')] });
  await typed;
  expect(runtime.model().words).toBe('abc');
});

test('a renderer that is gone: what waits fails, the app hears it once, the model stays, another one is started', async () => {
  const { runtime, renderer, renderers, clock } = started(note);
  await runtime.ready();
  renderer().says({ ...input('kept') });
  const found = runtime.ask({ type: 'query', target: 'tree' });
  renderer().dies('crash: it exited with status 3');
  await expect(found).rejects.toThrow('The renderer is gone: crash: it exited with status 3');
  const exits = [{ type: 'crash', message: 'it exited with status 3' }];
  expect(runtime.model()).toEqual({ words: 'kept', exits });
  expect(renderers).toHaveLength(1);

  clock.elapse();
  expect(renderers).toHaveLength(2);
  await runtime.ready();
  expect(renderer().sent).toEqual([
    { type: 'settings', settings: { protocol_version: 1 } },
    { type: 'snapshot', tree: note.view({ words: 'kept', exits }) },
    { type: 'subscribe', ...theme },
  ]);
  expect(clock.delays).toEqual([100]);
});

test('what is asked meanwhile waits for the next renderer', async () => {
  const { runtime, renderer, clock } = started(note);
  await runtime.ready();
  renderer().dies('crash: gone');
  const found = runtime.ask({ type: 'query', target: 'tree' });
  clock.elapse();
  const { id } = await renderer().last('query');
  renderer().says({ type: 'query_response', id, target: 'tree', data: null });
  expect(await found).toMatchObject({ data: null });
});

test('restarts that fail are tried five times; the app hears of the first end only', async () => {
  const { runtime, renderer, clock } = started(note, (nth) => new MemoryRenderer({ greets: nth === 0 }));
  await runtime.ready();
  for (let time = 0; time <= 5; time++) {
    renderer().dies(`crash: number ${time}`);
    clock.elapse();
  }
  expect(clock.delays).toEqual([100, 200, 400, 800, 1600]);
  expect(runtime.model().exits).toEqual([{ type: 'crash', message: 'number 0' }]);
  await expect(runtime.ready()).rejects.toThrow('The renderer is gone, and no restart worked: crash: number 5');
  await expect(runtime.ask({ type: 'query', target: 'tree' })).rejects.toThrow('no restart worked');
});

test('a renderer that does not start at all is not tried again', async () => {
  const { runtime, renderer, clock } = started(note, () => new MemoryRenderer({ greets: false }));
  renderer().dies('crash: there is no such program');
  await expect(runtime.ready()).rejects.toThrow('The renderer did not start: crash: there is no such program');
  expect(clock.delays).toEqual([]);
  expect(runtime.model()).toBe(note.init);
});

test('an update that throws ends the runtime, and fails what waits', async () => {
  const { runtime, renderer } = started({ ...note, view: () => window('Note', button('fail', 'Fail')) });
  const clicked = runtime.ask({ type: 'interact', action: 'click', selector: { by: 'id', value: 'fail' } });
  const { id } = await renderer().last('interact');
  renderer().says({ type: 'interact_response', id, events: [{ type: 'event', family: 'click', id: 'fail' }] });
  await expect(clicked).rejects.toThrow('update failed');
  await expect(runtime.ready()).rejects.toThrow('update failed');
  expect(renderer().closed).toBe(true);
});

test('a stopped runtime closes its transport, hears nothing more, and starts nothing', async () => {
  const { runtime, renderer, clock } = started(note);
  await runtime.ready();
  renderer().dies('crash: gone');
  await runtime.stop();
  expect(clock.waiting).toBe(0);
  expect(renderer().closed).toBe(true);
  renderer().says({ ...input('late') });
  expect(runtime.model().words).toBe('');
  await expect(runtime.ready()).rejects.toThrow('The runtime was stopped');
});
