// Says of each value what has arrived, and sends it back.
export default async ({ negotiateProtocol }) => {
  for await (const message of negotiateProtocol(['ava-4']).ready().subscribe()) {
    const { data } = message;
    message.reply({ tag: Object.prototype.toString.call(data), name: data?.constructor?.name, data });
  }
};
