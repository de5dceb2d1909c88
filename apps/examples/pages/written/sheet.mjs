import { serve } from 'carpool/child'; // first: what is printed from here on goes to stderr

serve({
  hello: { version: 2 },
  open: () => new Map(),
  message(session, { cell, value }) {
    session.state.set(cell, value);
    session.send({ type: 'changed', cell });
  },
  request(session, { type, column }, { step }) {
    const numbers = [...session.state].filter(([cell]) => cell.startsWith(column)).map(([, number]) => number);
    if (type === 'sum') return { type: 'total', value: numbers.reduce((sum, number) => sum + number, 0) };
    if (type !== 'walk') throw new Error('a sheet can sum and walk, no more');
    for (const value of numbers) step({ type: 'visited', value });
    return { type: 'walked', value: numbers.length };
  },
});
