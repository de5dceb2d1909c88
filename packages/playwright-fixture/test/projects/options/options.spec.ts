import { test, expect } from '@carpool/playwright';

test('the global setup may have options', async ({ carpool }) => {
  const [plain, echo] = [await carpool['plain']!.register(), await carpool['echo']!.register()];
  await expect(plain).toReply({ type: 'set', value: 1 }, { value: 1 });
  await expect(echo).toReply({ type: 'set', value: 1 }, { value: 1 });
});
