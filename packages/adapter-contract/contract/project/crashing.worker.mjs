// Is ready, and crashes at the first request.
export default async ({ negotiateProtocol }) => {
  const protocol = negotiateProtocol(['ava-4']).ready();
  for await (const { data } of protocol.subscribe()) {
    process.stderr.write('the last words of the worker\n');
    throw new Error(`crashes on purpose: ${data}`);
  }
};
