/** Golden files under real runners, with a renderer that draws a few squares. */
import { goldenSuite } from './suite.ts';

goldenSuite();
