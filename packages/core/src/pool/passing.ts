/** For hosts, which make it for all their pools. */
export { Passing } from '../session/passing.ts';
