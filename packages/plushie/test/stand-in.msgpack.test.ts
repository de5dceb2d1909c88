import { conformanceSuite } from './conformance/suite.ts';
import { standIn } from './conformance/subject.ts';

conformanceSuite(standIn('msgpack'));
