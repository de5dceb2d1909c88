// Is never ready, and prints what it waits for.
console.error('waiting for a database that does not come');

export default ({ negotiateProtocol }) => {
  negotiateProtocol(['ava-4']);
};
