import { lock } from 'carpool/coordination';
import { done, until } from './order.cjs';
import { expect, test } from './fixtures.js';

test('a sale takes from the stock and writes to the ledger', async () => {
  const stock = await lock('stock').acquire();
  await until('the refund has the ledger');
  const writing = lock('ledger').acquire();
  // What this process asks for arrives in order: when the host has answered this, the sale waits for the ledger.
  await lock('receipts').acquire();
  done('the sale waits for the ledger');
  const ledger = await writing;
  expect([stock.held, ledger.held]).toEqual([true, true]);
});
