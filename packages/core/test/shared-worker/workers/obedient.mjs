// Does what the tests ask, and keeps a log of what happened to it.
import { appendFileSync } from 'node:fs';

const diary = [];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export default async ({ negotiateProtocol }) => {
  const main = negotiateProtocol(['ava-4']);
  const same = main.ready() === main && main.ready() === main;
  void meet(main.testWorkers());
  const wrapped = new Map();
  for await (const message of main.subscribe()) {
    const { testWorker, data } = message;
    switch (data?.do) {
      case 'diary':
        message.reply([...diary]);
        break;
      case 'facts':
        message.reply({ protocol: main.protocol, same, initialData: main.initialData });
        break;
      case 'members': {
        const names = Object.getOwnPropertyNames(Object.getPrototypeOf(testWorker));
        const own = names.filter((name) => typeof testWorker[name] === 'function');
        const ours = ['constructor', 'leave'];
        message.reply({
          main: Object.keys(main),
          testWorker: [...Object.keys(testWorker), ...own].filter((name) => !ours.includes(name)),
        });
        break;
      }
      case 'who':
        message.reply({ id: testWorker.id, file: testWorker.file, message: message.id });
        break;
      case 'note':
        diary.push(data.note);
        break;
      case 'slow note':
        await pause(data.ms);
        diary.push(data.note);
        break;
      case 'broadcast':
        for await (const reply of main.broadcast(data.data).replies()) {
          diary.push(`${reply.data} from ${reply.testWorker.file.split('/').at(-1)}`);
          if (reply.data === 'last') break;
        }
        break;
      case 'publish':
        testWorker.publish(data.data);
        break;
      case 'teardown':
        wrapped.set(
          data.note,
          testWorker.teardown(async () => {
            diary.push(`${data.note} begins`);
            await pause(data.ms ?? 0);
            diary.push(`${data.note} ends`);
          }),
        );
        break;
      case 'call teardown': {
        // Twice: it runs once, and its body at once.
        diary.push('before');
        const running = wrapped.get(data.note)();
        diary.push('after');
        await running;
        await wrapped.get(data.note)();
        break;
      }
      case 'late teardown':
        testWorker.teardown(() => setTimeout(() => testWorker.teardown(() => diary.push('late')), 20));
        break;
      case 'failing teardown':
        testWorker.teardown(() => {
          throw new Error('cannot tear it down');
        });
        break;
      case 'follow':
        void follow(testWorker);
        message.reply('following');
        break;
      case 'converse':
        void converse(message);
        break;
      case 'own teardown':
        main.teardown(() => appendFileSync(data.file, `${data.note}\n`));
        message.reply('noted');
        break;
      case 'stubborn teardown':
        main.teardown(() => new Promise(() => {}));
        message.reply('noted');
        break;
      case 'runs':
        for await (const run of main.runs()) {
          if (run.event === 'start') message.reply('listening');
          appendFileSync(data.file, `${run.event} ${run.run}\n`);
        }
        break;
      case 'take apart':
        void takeApart(message);
        break;
      case 'uncloneable':
        try {
          message.reply(() => {});
        } catch (error) {
          message.reply(error.message);
        }
        break;
      case 'twice': {
        // Two subscriptions receive one object.
        const one = main.subscribe();
        const other = testWorker.subscribe();
        const both = Promise.all([one.next(), other.next()]);
        message.reply('subscribed');
        const [first, second] = await both;
        main.broadcast({ same: first.value === second.value, data: first.value.data === second.value.data });
        await one.return();
        await other.return();
        break;
      }
      case 'print':
        console.log('said on stdout');
        console.error('said on stderr');
        message.reply('printed');
        break;
      case 'exit':
        console.error('on its way out');
        process.exit(data.code);
        break;
      case 'throw':
        setImmediate(() => {
          throw new TypeError('thrown on purpose');
        });
        break;
      case 'reject':
        void Promise.reject(new RangeError('rejected on purpose'));
        break;
      case 'fail':
        throw new Error('the factory failed on purpose');
      case 'ignore':
        break;
      case 'size':
        message.reply({ bytes: data.bytes.byteLength, memory: data.bytes.buffer.byteLength });
        break;
      default:
        message.reply(data);
    }
  }
};

async function meet(testWorkers) {
  for await (const testWorker of testWorkers) {
    const name = testWorker.file.split('/').at(-1);
    diary.push(`${name} came`);
    testWorker.teardown(() => void diary.push(`${name} left`));
  }
}

async function follow(testWorker) {
  for await (const message of testWorker.subscribe()) diary.push(`followed ${JSON.stringify(message.data)}`);
  diary.push('no more to follow');
}

async function converse(message) {
  let at = message;
  for (let turn = 1; turn <= 3; turn++) {
    for await (const answer of at.reply(turn).replies()) {
      at = answer;
      break;
    }
  }
  at.reply('done');
}

async function takeApart({ reply, testWorker: { teardown } }) {
  const tornDown = teardown(() => {});
  for await (const answer of reply('what?').replies()) {
    const { data, reply: replyToThat } = answer;
    await tornDown();
    replyToThat(`replied ${data}`);
  }
}
