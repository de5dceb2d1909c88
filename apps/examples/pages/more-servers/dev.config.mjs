/** The plugin under test: a file of words is a module. */
const words = {
  name: 'words',
  transform: (code, id) => (id.endsWith('.words') ? `export default ${JSON.stringify(code)}` : undefined),
};

export default { plugins: [words], logLevel: 'warn' };
