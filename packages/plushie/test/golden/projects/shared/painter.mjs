// A renderer that draws without a layout: on white, one row of squares for each leaf, as many as its number says.
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';

const trees = new Map();
const sha256 = (content) => createHash('sha256').update(content).digest('hex');
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

function paint(tree, width, height) {
  const rgba = Buffer.alloc(width * height * 4, 255);
  const number = tree.children[0].children[1].props.value;
  for (let square = 0; square < number; square += 1) {
    for (let y = 2; y < 6; y += 1) {
      for (let x = 2 + square * 6; x < 6 + square * 6; x += 1) rgba.set([0, 0, 128, 255], (y * width + x) * 4);
    }
  }
  return { hash: sha256(rgba), width, height, rgba: rgba.toString('base64') };
}

const answers = {
  settings: () => undefined,
  snapshot: ({ session, tree }) => void trees.set(session, tree),
  query: ({ id, session, target }) => ({ type: 'query_response', id, target, data: trees.get(session) ?? null }),
  tree_hash({ id, session, name }) {
    const tree = trees.get(session);
    return { type: 'tree_hash_response', id, name, hash: tree === undefined ? '' : sha256(JSON.stringify(tree)) };
  },
  screenshot({ id, session, name, width = 1024, height = 768 }) {
    const tree = trees.get(session);
    const picture = tree === undefined ? { hash: '', width: 0, height: 0 } : paint(tree, width, height);
    return { type: 'screenshot_response', id, name, ...picture };
  },
  reset({ session }) {
    trees.delete(session);
    return { type: 'event', family: 'session_closed', id: '', data: {} };
  },
};

let greeted = false;
createInterface({ input: process.stdin }).on('line', (line) => {
  if (!greeted) {
    const versions = { protocol: 1, protocol_version: 1, version: '0.7.1' };
    say({ type: 'hello', session: '', name: 'painter', mode: 'headless', codec: 'json', ...versions });
  }
  greeted = true;
  const message = JSON.parse(line);
  const answer = answers[message.type](message);
  if (answer !== undefined) say({ session: message.session, ...answer });
});
