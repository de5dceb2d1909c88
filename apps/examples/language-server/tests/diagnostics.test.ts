import { test } from '#language-server';

test('what is right has no problems', async ({ editor, expect }) => {
  editor.write('shop.py', 'from warehouse import Stock\n\nstock = Stock()\nstock.deliver("LMP-001", 3)\n');
  expect(await editor.problems('shop.py')).toEqual([]);
});

test('a quantity is a number', async ({ editor, expect }) => {
  editor.write('shop.py', 'from warehouse import Stock\n\nStock().take("LMP-001", "three")\n');
  expect(await editor.problems('shop.py')).toEqual(['reportArgumentType in line 3']);
});

test('a currency is one that there is', async ({ editor, expect }) => {
  editor.write('shop.py', 'from decimal import Decimal\nfrom warehouse import Money\n\nMoney(Decimal(1), "DM")\n');
  expect(await editor.problems('shop.py')).toEqual(['reportArgumentType in line 4']);
});

test('an order may have no total', async ({ editor, expect }) => {
  editor.write('shop.py', 'from warehouse import Order\n\nprint(Order("Ada").total.amount)\n');
  expect(await editor.problems('shop.py')).toEqual(['reportOptionalMemberAccess in line 3']);
});

test('a problem goes away when it is solved', async ({ editor, expect }) => {
  editor.write('shop.py', 'from warehouse import Stock\n\nStock().taek("LMP-001")\n');
  expect(await editor.problems('shop.py')).toContain('reportAttributeAccessIssue in line 3');
  editor.rewrite('shop.py', 'from warehouse import Stock\n\nStock().take("LMP-001")\n');
  expect(await editor.problems('shop.py')).toEqual([]);
});
