import { expect, test } from 'vitest';
import { defaultAnswer } from './answers.ts';

const root = 'file:///home/me/a%20b';

test('a setting stands under the whole name of its section, or one level down for each dot', () => {
  const settings = { 'css.validate': false, css: { validate: true, lint: { level: 1 } } };
  const ask = (...sections: (string | undefined)[]): unknown =>
    defaultAnswer('workspace/configuration', { items: sections.map((section) => ({ section })) }, { root, settings });
  expect(ask('css.validate', 'css.lint.level', 'css.lint.level.more', 'css.toString', 'html')).toEqual([
    false,
    1,
    null,
    null,
    null,
  ]);
  expect(ask(undefined, '')).toEqual([settings, settings]);
});

test('the folder of the workspace has the name that people read; of what is not known there is no answer', () => {
  const ask = (method: string): unknown => defaultAnswer(method, {}, { root, settings: undefined });
  expect(ask('workspace/workspaceFolders')).toEqual([{ uri: root, name: 'a b' }]);
  expect(ask('workspace/codeLens/refresh')).toBeNull();
  expect(ask('small/own')).toBeUndefined();
});
