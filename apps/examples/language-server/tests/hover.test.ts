import { test } from '#language-server';

const cases = [
  ['a method', 'Stock().del|iver("LMP-001", 1)', '(method) def deliver(', 'Puts goods on the shelf'],
  ['a class', 'Mon|ey(Decimal(1))', 'class Money', 'An amount in one currency'],
  ['a member of an enum', 'OrderState.SHI|PPED', 'SHIPPED: Literal[OrderState.SHIPPED]', ''],
  ['a variable with a method in it', 'ord|er = Order("Ada").add', 'order(line: Line) -> Order', 'Adds a line'],
  ['a property', 'Order("Ada").to|tal', '(property) total: Money | None', 'None if the order has no lines'],
] as const;

test.for(cases)('it says what %s is', async ([, line, type, doc], { editor, expect }) => {
  editor.write(
    'shop.py',
    `from decimal import Decimal\nfrom warehouse import Money, Order, OrderState, Stock\n\n${line}\n`,
  );
  const hover = JSON.stringify(await editor.ask('hover', 'shop.py'));
  expect(hover).toContain(doc);
  expect(hover.replaceAll('\\n', '')).toContain(type);
});
