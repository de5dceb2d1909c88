// Echoes every message.
export default async ({ negotiateProtocol }) => {
  const main = negotiateProtocol(['ava-4']).ready();
  for await (const message of main.subscribe()) message.reply(message.data);
};
