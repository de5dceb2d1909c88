import notes from 'plushie/examples/notes';
import { testWith } from 'plushie/testing';
import { expect } from 'vitest';
import { options, sameAsGolden } from '../golden.ts';

const test = testWith(notes, options);

test('begins with an empty list', async ({ session }) => {
  expect(session.model()).toMatchObject({ notes: [], editingId: null });
  await sameAsGolden(session, 'notes-empty');
});

test('opens a new note in the editor', async ({ session }) => {
  await session.click('new_note');
  expect(session.model()).toMatchObject({ notes: [{ id: 1 }], editingId: 1 });
  expect(await session.find('back')).not.toBeNull();
  await sameAsGolden(session, 'notes-editor');
});

test('keeps title and body of an edited note', async ({ session }) => {
  await session.click('new_note');
  await session.typeText('title', 'Ducks');
  await session.typeText('body', 'Quack');
  await session.click('back');
  expect(session.model()).toMatchObject({ notes: [{ id: 1, title: 'Ducks', body: expect.stringContaining('Quack') }] });
  await sameAsGolden(session, 'notes-one');
});

test('takes back an edit, and brings it again', async ({ session }) => {
  await session.click('new_note');
  await session.typeText('title', 'D');
  await session.click('undo');
  expect((await session.find('title'))?.props['value']).toBe('');
  await session.click('redo');
  expect((await session.find('title'))?.props['value']).toBe('D');
});

test('lists what the search matches', async ({ session }) => {
  for (const title of ['Ducks', 'Geese']) {
    await session.click('new_note');
    await session.typeText('title', title);
    await session.click('back');
  }
  await session.typeText('search', 'Gee');
  expect(await session.find('note_select:1')).toBeNull();
  expect(await session.find('note_select:2')).not.toBeNull();
  await sameAsGolden(session, 'notes-search');
});

test('deletes the selected notes', async ({ session }) => {
  for (const title of ['Ducks', 'Geese']) {
    await session.click('new_note');
    await session.typeText('title', title);
    await session.click('back');
  }
  await session.toggle('note_select:1');
  await session.click('delete_selected');
  expect(session.model()).toMatchObject({ notes: [{ id: 2, title: 'Geese' }] });
});
