import { childProtocol } from 'carpool';
import { describeProtocol } from 'carpool/testing';
import { test } from 'vitest';

describeProtocol({
  test,
  name: 'sheet',
  command: 'node',
  args: ['sheet.mjs'],
  protocol: childProtocol,
  async ask(session) {
    const { value } = await session.request({ type: 'sum', column: 'A' });
    return value;
  },
  change: (session) => session.send({ type: 'set', cell: 'A1', value: 2 }),
});
