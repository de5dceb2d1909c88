import { test } from '#language-server';

const places = [
  ['a class', 'from warehouse import St|ock', 'warehouse/stock.py'],
  ['a method', 'from warehouse import Stock\n\nStock().ta|ke("a")', 'warehouse/stock.py'],
  ['a field of a dataclass', 'from warehouse import Order\n\nOrder("Ada").cust|omer', 'warehouse/orders.py'],
  ['a type of another module', 'from warehouse.money import Curr|ency', 'warehouse/money.py'],
] as const;

test.for(places)('it leads to %s', async ([, text, file], { editor, expect }) => {
  editor.write('shop.py', `${text}\n`);
  expect(await editor.ask('definition', 'shop.py')).toMatchObject([{ uri: editor.uri(file) }]);
});

test('it leads to a line above', async ({ editor, expect }) => {
  editor.write('shop.py', 'def price_of(sku: str) -> int:\n    return len(sku)\n\n\nprint(price|_of("a"))\n');
  expect(await editor.ask('definition', 'shop.py')).toMatchObject([
    { uri: editor.uri('shop.py'), range: { start: { line: 0, character: 4 } } },
  ]);
});
