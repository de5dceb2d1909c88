/**
 * What would I save? Two suites run both ways: with a server in each test file, and with one server that Carpool shares.
 * PostgreSQL, and a language server. Then three runners at the same time on one host.
 * `pnpm demo [--rounds 3] [--only postgres,language-server,runners] [--quick]`
 */
import { parseArgs } from 'node:util';
import { compare } from './comparison.ts';
import { makePlace, runEnvironment } from './place.ts';
import { bold, giveUp, say, sayIfBusy, sayMeanwhile } from './screen.ts';
import { languageServer, postgres } from './suites.ts';
import { seconds } from './table.ts';
import { threeRunners } from './three-runners.ts';

const parts = ['postgres', 'language-server', 'runners'] as const;
type Part = (typeof parts)[number];

interface Wanted {
  readonly rounds: number;
  readonly only: readonly Part[];
  /** Each form once: to see that all works. */
  readonly quick: boolean;
}

async function wanted(): Promise<Wanted> {
  try {
    const options = {
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: parts.join() },
      quick: { type: 'boolean', default: false },
    } as const;
    const { values } = parseArgs({ options });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1)
      throw new Error(`--rounds is a number from 1 on, not "${values.rounds}"`);
    const only = values.only.split(',').map((name) => {
      const part = parts.find((known) => known === name);
      if (part === undefined) throw new Error(`--only names some of ${parts.join(', ')}, not "${name}"`);
      return part;
    });
    return { rounds: values.quick ? 1 : rounds, only, quick: values.quick };
  } catch (thrown) {
    return await giveUp(thrown as Error);
  }
}

const { rounds, only, quick } = await wanted();
const place = makePlace();

say(bold('What would I save?'));
say(
  'The same tests run both ways in Vitest, with two workers: each file starts a server of its own, or Carpool shares one.',
);
sayIfBusy();

if (only.includes('postgres')) {
  say(`\n${bold(postgres.name)}`);
  say(
    'Without Carpool a file runs initdb, starts the server, and runs migrations and seed. On both sides each test has a',
  );
  say(
    'database of its own, a copy of a template, and the server is the same one, set to be fast. Carpool keeps the template',
  );
  say('from one run to the next.\n');
  await compare({ suite: postgres, place, rounds, warmUp: !quick });
}

if (only.includes('language-server')) {
  say(`\n${bold(languageServer.name)}`);
  say('Each test opens documents that use a library of Python, and asks for problems, hovers, completions and more.\n');
  await compare({ suite: languageServer, place, rounds, warmUp: !quick });
}

if (only.includes('runners')) {
  say(`\n${bold('Three runners at the same time, inside `carpool run`, on one PostgreSQL server')}\n`);
  sayMeanwhile('Vitest, Jest and Playwright Test');
  // Jest's tests are ES modules.
  const env = { ...runEnvironment(place).env, NODE_OPTIONS: '--experimental-vm-modules' };
  const together = await threeRunners({ folder: 'shared', pool: 'db', files: 'database', env }).catch(giveUp);
  for (const { name, passed, seconds: took } of together.runners)
    say(`  ${name.padEnd(34)}${seconds(took).padStart(14)}, ${passed} tests passed`);
  say(`\n  One host and one server for all of them: ${together.summary}.`);
}

say('\nWhat it would save for your own process, on this machine: npx carpool measure -- <command>');
say('Where it does not: a process that starts in a few hundredths of a second.');
process.exit();
