export default () => {
  throw new Error('cannot begin');
};
