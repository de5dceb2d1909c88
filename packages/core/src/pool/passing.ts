/** For hosts, which make it for all their pools. */
export { Passing, PassingOf } from '../session/passing.ts';
