import { layOutPackages, writeSuite, type Contestant, type SetUp } from '/work/main/bench/suites/write.ts';
import { runSuite } from '/work/main/bench/suites/run.ts';
const [setUp, files, rounds, names, tests, requests, keep] = process.argv.slice(2);
const contestants = names!.split(',') as Contestant[];
if (!process.env.KEEP) layOutPackages();
const size = { files: Number(files), ...(tests ? { tests: Number(tests) } : {}), ...(requests ? { requests: Number(requests) } : {}) };
const folders = Object.fromEntries(contestants.map((c) => [c, writeSuite(setUp as SetUp, c, size)]));
const med = (a: number[]) => a.toSorted((x, y) => x - y)[a.length >> 1]!;
const got: Record<string, { wall: number; cpu: number }[]> = {};
for (let r = -1; r < Number(rounds); r++) for (const c of r % 2 ? contestants : contestants.toReversed()) { const m = await runSuite(setUp as SetUp, folders[c]!); if (r >= 0) (got[c] ??= []).push(m); }
const n = Number(files) * (process.env.PER_TEST ? Number(tests) : 1);
for (const c of contestants) { const d = (k: 'wall' | 'cpu') => med(got[c]!.map((m, i) => m[k] - got[contestants[0]!]![i]![k])) / n;
 console.log(setUp, c.padEnd(8), 'wall', (med(got[c]!.map((m) => m.wall)) / 1000).toFixed(2), 'cpu', (med(got[c]!.map((m) => m.cpu)) / 1000).toFixed(2), '| adds', d('wall').toFixed(1), d('cpu').toFixed(1)); }
