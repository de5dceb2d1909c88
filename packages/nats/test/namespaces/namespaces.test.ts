/**
 * Four machines with two shards each and a cluster of three, a network namespace for each, while a seed kills shards, their
 * hosts, hosts that offer a pool, machines and servers, the leader too, and cuts them off. Tests share locks and the like, and
 * have sessions on the hosts of all machines. All processes write one journal, which is checked.
 * CARPOOL_SEEDS=1-100 for other schedules, with more faults each.
 */
import { processesWith } from '@carpool/test-harness';
import { noSwitchedMachines } from '@carpool/test-harness/switched-machines';
import { expect, test } from 'vitest';
import { binary, reason } from '../support/servers.ts';
import { faultsIn } from './check.ts';
import { Field } from './field.ts';
import type { Line } from './journal.ts';
import { schedule } from './schedule.ts';

const given = process.env['CARPOOL_SEEDS'];
const [first = 1, last = first] = (given ?? '1').split('-').map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, number) => first + number);
const ttl = 4_000;
const noNetwork = noSwitchedMachines();
const skippedFor = noNetwork === undefined ? reason : ` (skipped: ${noNetwork})`;

test.skipIf(binary === undefined || noNetwork !== undefined).each(seeds)(
  `seed %i: on four machines no lease or slot is held by two, what was killed or cut off fails with its cause, all else passes${skippedFor}`,
  async (seed) => {
    const field = new Field(ttl);
    let left: string[];
    let lines: readonly Line[];
    const began = performance.now();
    const planned = schedule(seed, given === undefined ? 2 : 6);
    try {
      await field.start();
      for (const fault of planned) await field.inflict(fault);
      left = await field.end();
      lines = field.lines;
    } finally {
      await field.close();
    }
    if (given !== undefined) {
      const count = (event: string): number => lines.filter((line) => line.event === event).length;
      const all = ['passes', 'fails', 'holds', 'told', 'got', 'serves'];
      const counts = all.map((event) => `${count(event)} ${event}`).join(', ');
      const seconds = Math.round((performance.now() - began) / 1_000);
      console.log(`seed ${seed}: ${planned.map(({ how }) => how).join(', ')}; ${counts}; ${seconds} s`);
    }
    expect(faultsIn(lines), `see the journal in ${field.folder}`).toEqual([]);
    expect([...left, ...processesWith(field.mark)]).toEqual([]);
    field.remove();
  },
  600_000,
);
