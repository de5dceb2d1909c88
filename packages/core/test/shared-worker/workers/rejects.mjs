export default async ({ negotiateProtocol }) => {
  negotiateProtocol(['ava-4']);
  await Promise.resolve();
  throw new Error('cannot go on');
};
