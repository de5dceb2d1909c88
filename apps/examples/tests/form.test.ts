import { expect } from 'vitest';
import { mount, type Mounted } from '../app/mount.ts';
import { signUp, type SignUp } from '../app/sign-up.ts';
import { test } from '#test';

async function fillIn(form: Mounted<SignUp>): Promise<void> {
  await form.type('name', 'Ada');
  await form.paste('email', 'ada@example.org');
  await form.select('country', 'Peru');
  await form.toggle('agreed', true);
}

test('welcomes a user who filled in everything', async ({ renderer }) => {
  const form = mount(renderer, signUp);
  await fillIn(form);
  await form.click('send');
  expect(await form.text('welcome')).toBe('Welcome, Ada');
  expect(await form.find('send')).toBeUndefined();
});

test('names everything that is missing', async ({ renderer }) => {
  const form = mount(renderer, signUp);
  await form.click('send');
  expect(await form.text('problem-0')).toBe('A name is missing');
  expect(form.model.problems).toHaveLength(4);
});

test.for(['', 'ada', 'ada@', '@example.org', 'ada @example.org'])(
  'refuses the address "%s"',
  async (email, { renderer }) => {
    const form = mount(renderer, signUp);
    await fillIn(form);
    await form.paste('email', email);
    await form.click('send');
    expect(await form.text('problem-0')).toBe('That is no e-mail address');
  },
);

test('forgets a problem that is solved', async ({ renderer }) => {
  const form = mount(renderer, signUp);
  await fillIn(form);
  await form.toggle('agreed', false);
  await form.click('send');
  expect(form.model.problems).toEqual(['The terms are waiting for you']);
  await form.toggle('agreed', true);
  await form.click('send');
  expect(form.model.sent).toBe(true);
});

test('keeps what was entered while it complains', async ({ renderer }) => {
  const form = mount(renderer, signUp);
  await form.type('name', 'Ada');
  await form.select('country', 'Kenya');
  await form.click('send');
  expect((await form.find('name'))?.props['value']).toBe('Ada');
  expect((await form.find('country'))?.props['selected']).toBe('Kenya');
});

test('counts the price with the seats', async ({ renderer }) => {
  const form = mount(renderer, signUp);
  expect(await form.text('price')).toBe('5 a month');
  await form.slide('seats', 4);
  expect(await form.text('price')).toBe('20 a month');
});
