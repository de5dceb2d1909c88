// The two files measure when a row asks them to, for as long as the row lives.
export default {
  files: ['baselines/ava/{first,second}.ts'],
  extensions: ['ts'],
  concurrency: 2,
  timeout: 0,
};
