/**
 * One file with 1,000 tests, each of which takes a session of the shared child and sends one request, against the same by
 * hand; each less the same file with neither child nor Carpool. And 100 tests with 100 requests each.
 *
 * The issue that set the budgets has one more line, "the same where a test takes one session and sends 1 request, and 100
 * requests: ≤ 0.6 ×, ≤ 1.0 ×". It can be read in two ways, and both are measured. Here "the same" is this row, against the
 * relay by hand: what to reach once the 1.5 × are met. In rows/suites-requests.ts it is the suite of many files, against a
 * Node child for each: the line above in the same table is about that, and sending more is where sharing gains less.
 */
import { comparedAdded } from '../measure.ts';
import type { Row } from '../row.ts';
import { both, runInTurns, type Suite } from '../suites/costs.ts';
import { layOutPackages } from '../suites/write.ts';

const row: Row = async (options) => {
  layOutPackages();
  const [many, few] = options.quick ? [200, 20] : [1_000, 100];
  const suite = (contestant: Suite['contestant'], tests: number, requests: number): Suite => ({
    contestant,
    size: { files: 1, tests, requests },
  });
  const suites = {
    none1: suite('none', many, 1),
    shared1: suite('shared', many, 1),
    byHand1: suite('by-hand', many, 1),
    none100: suite('none', few, 100),
    shared100: suite('shared', few, 100),
    byHand100: suite('by-hand', few, 100),
  };
  const measures = await runInTurns('vitest-forks', suites, options);
  return [
    ...both(measures, (of, naming) => {
      const label = `1 request, ${many.toLocaleString('en')} tests in a file; by hand`;
      const named = naming({ id: 'test-1', section: 'test', label, budget: { limit: 1.5, side: 'at most' } });
      return comparedAdded(named, { subject: of('shared1'), baseline: of('byHand1'), plain: of('none1'), count: many });
    }),
    ...both(measures, (of, naming) => {
      const label = '  the same, as far as it should go';
      const named = naming({ id: 'test-1-stretch', section: 'test', label, budget: { limit: 0.6, side: 'at most' } });
      return comparedAdded(named, { subject: of('shared1'), baseline: of('byHand1'), plain: of('none1'), count: many });
    }),
    ...both(measures, (of, naming) => {
      const label = `100 requests, ${few} tests in a file; by hand`;
      const named = naming({ id: 'test-100', section: 'test', label, budget: { limit: 1, side: 'at most' } });
      return comparedAdded(named, {
        subject: of('shared100'),
        baseline: of('byHand100'),
        plain: of('none100'),
        count: few,
      });
    }),
  ];
};
export default row;
