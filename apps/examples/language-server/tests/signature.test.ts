import { test } from '#language-server';

interface Help {
  readonly signatures: readonly { readonly label: string }[];
  readonly activeParameter?: number;
}

const cases = [
  ['take(|', '(sku: str, quantity: int = 1) -> None', 0],
  ['take("LMP-001", |', '(sku: str, quantity: int = 1) -> None', 1],
  ['deliver("LMP-001", |', '(sku: str, quantity: int) -> int', 1],
  ['on_change(|', '(listener: (str, int) -> None) -> None', 0],
] as const;

test.for(cases)('it shows what stock.%s wants', async ([call, label, parameter], { editor, expect }) => {
  editor.write('shop.py', `from warehouse import Stock\n\nStock().${call}\n`);
  const help = (await editor.ask('signatureHelp', 'shop.py')) as Help;
  expect(help.signatures.map((signature) => signature.label)).toEqual([label]);
  expect(help.activeParameter).toBe(parameter);
});

test('it shows the fields of a dataclass', async ({ editor, expect }) => {
  editor.write('shop.py', 'from warehouse import Line\n\nLine(|\n');
  const { signatures } = (await editor.ask('signatureHelp', 'shop.py')) as Help;
  expect(signatures[0]?.label).toBe('(sku: str, quantity: int, price: Money) -> Line');
});
