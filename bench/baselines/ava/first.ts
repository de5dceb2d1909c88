import { testFile } from './file.ts';

testFile('first');
