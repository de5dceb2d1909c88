// Says who asks, publishes two messages on request, and crashes soon after it is asked to.
export default async ({ negotiateProtocol }) => {
  for await (const message of negotiateProtocol(['ava-4']).ready().subscribe()) {
    const { data, testWorker } = message;
    if (data === 'burst') for (const word of ['first', 'second']) testWorker.publish(word);
    else message.reply(testWorker.file);
    if (data === 'crash soon') setTimeout(() => { throw new Error('with nobody looking'); }, 10); // prettier-ignore
  }
};
