/** What is tested: a basket, which is paid at a till. */
import type { Session } from 'carpool';

/** @returns what is to be paid, in whole coins */
export async function pay(session: Session, prices: readonly number[]): Promise<number> {
  let total = 0;
  let percent = 0;
  session.onMessage((message) => {
    if (message['type'] === 'discount') percent = Number(message['percent']);
  });
  for (const price of prices) total = Number((await session.request({ type: 'buy', price }))['total']);
  return Math.round((total * (100 - percent)) / 100);
}
