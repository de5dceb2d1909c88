// Is never ready.
export default async ({ negotiateProtocol }) => {
  negotiateProtocol(['ava-4']);
  throw new Error('fails to start on purpose');
};
