export default ({ negotiateProtocol }) => {
  negotiateProtocol(['ava-99']);
};
