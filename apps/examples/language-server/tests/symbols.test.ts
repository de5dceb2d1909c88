import { test } from '#language-server';

interface Symbol {
  readonly name: string;
  readonly children?: readonly Symbol[];
}

const names = (symbols: readonly Symbol[] = []): unknown[] =>
  symbols.map(({ name, children }) => (children?.length ? [name, names(children)] : name));

const text = `class Shop:
    def __init__(self, name: str) -> None:
        self.name = name

    def open(self) -> None: ...


shop = Shop("corner")
`;

test('the outline of a document', async ({ editor, expect }) => {
  editor.write('shop.py', text);
  const outline = names((await editor.ask('documentSymbol', 'shop.py')) as readonly Symbol[]);
  expect(JSON.stringify(outline)).toMatch(/^\[\["Shop",\[\["__init__".*"open".*\]\],"shop"\]$/);
});

test('it follows the text', async ({ editor, expect }) => {
  editor.write('shop.py', text);
  editor.rewrite('shop.py', 'shelf = 1\n');
  expect(names((await editor.ask('documentSymbol', 'shop.py')) as readonly Symbol[])).toEqual(['shelf']);
});

test('a document of the same name is another one in another test', async ({ editor, expect }) => {
  editor.write('shop.py', 'x = 1\n');
  expect(names((await editor.ask('documentSymbol', 'shop.py')) as readonly Symbol[])).toEqual(['x']);
});

test('the types of what a loop goes through', async ({ editor, expect }) => {
  editor.write('shop.py', 'from warehouse import Stock\n\nfor sku in Stock():\n    sk|u\n');
  expect(JSON.stringify(await editor.ask('hover', 'shop.py'))).toContain('sku: str');
});
