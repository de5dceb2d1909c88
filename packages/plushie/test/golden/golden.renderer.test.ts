/** The same with the renderer that CARPOOL_RENDERER names, in one of the runners: what it draws is the same in all. */
import { real } from '../conformance/subject.ts';
import { runners } from './runners.ts';
import { goldenSuite } from './suite.ts';

goldenSuite(
  runners.filter(({ name }) => name === 'Vitest'),
  real('headless', 'msgpack').rendererPath,
);
