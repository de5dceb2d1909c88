// What the app shows: look.json, which the tests of the tests change.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const leaf = (id, type, props) => ({ id, type, props, children: [] });

exports.tree = () => {
  const { count } = JSON.parse(readFileSync(join(__dirname, 'look.json'), 'utf8'));
  const children = [
    leaf('count', 'text', { content: `Count: ${count}` }),
    leaf('bar', 'progress_bar', { value: count, range: [0, 10] }),
  ];
  const column = { id: 'column', type: 'column', props: {}, children };
  return { id: 'main', type: 'window', props: { title: 'Counter' }, children: [column] };
};
