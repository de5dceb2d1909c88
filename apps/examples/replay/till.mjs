// A till, which adds up what is bought. It stands for a program that CI does not have.
import { serve } from 'carpool/child';

serve({
  hello: { version: 1 },
  open: () => ({ total: 0 }),
  request(session, { type, price }) {
    if (type !== 'buy') throw new Error(`no such request: ${String(type)}`);
    session.state.total += price;
    if (session.state.total > 100) session.send({ type: 'discount', percent: 5 });
    return { type: 'bought', total: session.state.total };
  },
});
