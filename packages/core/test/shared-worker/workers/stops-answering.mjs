// Answers once, then keeps its thread busy for ever.
export default async ({ negotiateProtocol }) => {
  const main = negotiateProtocol(['ava-4']).ready();
  for await (const message of main.subscribe()) {
    message.reply('from now on');
    setImmediate(() => {
      for (;;);
    });
  }
};
