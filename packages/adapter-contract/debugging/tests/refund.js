import { lock } from 'carpool/coordination';
import { done, until } from './order.cjs';
import { expect, test } from './fixtures.js';

test('a refund writes to the ledger and gives back to the stock', async () => {
  const ledger = await lock('ledger').acquire();
  done('the refund has the ledger');
  await until('the sale waits for the ledger');

  const stock = await lock('stock').acquire();
  expect([stock.held, ledger.held]).toEqual([true, true]);
});
