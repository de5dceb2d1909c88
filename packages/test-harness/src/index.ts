export { leftOver, processesWith } from './census.ts';
export { readJestLike } from './jest-like.ts';
export { above, copyPackage, installed, layOut, replaceInPackage } from './packages.ts';
export { binaries, fixtures, Project } from './project.ts';
export type { FileResult, Results, RunnerFacts, TestResult } from './runner.ts';
export { Running, type Outcome, type RunOptions } from './running.ts';
export { lettersOf, seenIn, type Seen } from './observed.ts';
