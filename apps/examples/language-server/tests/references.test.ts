import { test } from '#language-server';

const context = { includeDeclaration: true };

test('a function has the places that call it', async ({ editor, expect }) => {
  editor.write('shop.py', 'def pa|ck() -> None: ...\n\n\npack()\npack()\n');
  expect(await editor.ask('references', 'shop.py', { context })).toHaveLength(3);
});

test('without its declaration it has one less', async ({ editor, expect }) => {
  editor.write('shop.py', 'def pa|ck() -> None: ...\n\n\npack()\npack()\n');
  expect(await editor.ask('references', 'shop.py', { context: { includeDeclaration: false } })).toHaveLength(2);
});

test('a field has them too', async ({ editor, expect }) => {
  editor.write(
    'shop.py',
    'class Box:\n    def __init__(self) -> None:\n        self.si|ze = 1\n\n\nprint(Box().size)\n',
  );
  expect(await editor.ask('references', 'shop.py', { context })).toHaveLength(2);
});

test('they are highlighted, written and read', async ({ editor, expect }) => {
  editor.write('shop.py', 'co|unt = 1\nprint(count)\n');
  const found = (await editor.ask('documentHighlight', 'shop.py')) as readonly { readonly kind: number }[];
  expect(found.map(({ kind }) => kind)).toEqual([3, 2]);
});
