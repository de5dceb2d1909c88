import { test } from '#language-server';

interface Edits {
  readonly documentChanges?: readonly { readonly textDocument: { readonly uri: string }; readonly edits: unknown[] }[];
  readonly changes?: Readonly<Record<string, unknown[]>>;
}

function counted({ documentChanges, changes = {} }: Edits): Record<string, number> {
  const all = documentChanges?.map(({ textDocument, edits }) => [textDocument.uri, edits] as const);
  return Object.fromEntries((all ?? Object.entries(changes)).map(([uri, edits]) => [uri, edits.length]));
}

test('a variable is renamed wherever it is', async ({ editor, expect }) => {
  editor.write('shop.py', 'from warehouse import Stock\n\nst|ock = Stock()\nstock.take("a")\nprint(stock)\n');
  const edits = (await editor.ask('rename', 'shop.py', { newName: 'shelf' })) as Edits;
  expect(counted(edits)).toEqual({ [editor.uri('shop.py')]: 3 });
});

test('a parameter is renamed with its calls', async ({ editor, expect }) => {
  editor.write('shop.py', 'def pack(it|em: str) -> str:\n    return item\n\n\npack(item="a")\n');
  const edits = (await editor.ask('rename', 'shop.py', { newName: 'sku' })) as Edits;
  expect(counted(edits)).toEqual({ [editor.uri('shop.py')]: 3 });
});

test('a name of the same spelling stays', async ({ editor, expect }) => {
  editor.write(
    'shop.py',
    'def one(na|me: str) -> str:\n    return name\n\n\ndef two(name: str) -> str:\n    return name\n',
  );
  const edits = (await editor.ask('rename', 'shop.py', { newName: 'customer' })) as Edits;
  expect(counted(edits)).toEqual({ [editor.uri('shop.py')]: 2 });
});

test('a keyword cannot be renamed', async ({ editor, expect }) => {
  editor.write('shop.py', 'wh|ile True:\n    pass\n');
  expect(await editor.ask('prepareRename', 'shop.py')).toBeNull();
});
