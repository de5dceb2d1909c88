import { test } from '#language-server';

const cases = [
  ['methods', 'from warehouse import Stock\n\nStock().|', ['deliver', 'take', 'on_change']],
  ['members of an enum', 'from warehouse import OrderState\n\nOrderState.|', ['PLACED', 'SHIPPED', 'CANCELLED']],
  ['modules', 'from warehouse.| import Stock', ['money', 'orders', 'stock']],
  ['fields', 'from warehouse import Order\n\nOrder("Ada").lines[0].|', ['sku', 'quantity', 'price', 'total']],
  ['literals', 'from decimal import Decimal\nfrom warehouse import Money\n\nMoney(Decimal(1), "|")', ['EUR', 'USD']],
] as const;

test.for(cases)('it offers %s', async ([, text, wanted], { editor, expect }) => {
  editor.write('shop.py', `${text}\n`);
  const { items } = (await editor.ask('completion', 'shop.py')) as { readonly items: readonly { label: string }[] };
  const labels = items.map(({ label }) => label.replaceAll('"', ''));
  expect(labels).toEqual(expect.arrayContaining([...wanted]));
});
