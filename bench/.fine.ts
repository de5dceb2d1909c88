// fine SETUP ROUNDS contestants: CPU of each test process up to the end of its file, median over files
import { layOutPackages, writeSuite, type Contestant, type SetUp } from '/work/main/bench/suites/write.ts';
import { runSuite } from '/work/main/bench/suites/run.ts';
import { readFileSync, readdirSync, writeFileSync, rmSync } from 'node:fs';
const [setUp, rounds, names, tests, requests] = process.argv.slice(2);
const cs = names!.split(',') as Contestant[];
if (!process.env.KEEP) layOutPackages();
const size = { files: 24, ...(tests ? { tests: Number(tests) } : {}), ...(requests ? { requests: Number(requests) } : {}) };
const log = '/tmp/prof/fine.log';
const folders = Object.fromEntries(cs.map((c) => { const f = writeSuite(setUp as SetUp, c, size);
  for (const n of readdirSync(f)) if (/\.(test|spec)\./.test(n)) { const p = f + '/' + n; const t = readFileSync(p, 'utf8');
   const js = `process.getBuiltinModule('fs').appendFileSync('${log}', JSON.stringify(process.cpuUsage(${'globalThis.__u'}))+'\\n')`;
   const threads = setUp === 'vitest-threads';
   const line = threads ? js.replace('process.cpuUsage(globalThis.__u)', "process.threadCpuUsage()") : js;
   writeFileSync(p, t.replace(/test\('6'[^\n]*\n/, (m) => m + (setUp === 'playwright' ? `test.afterAll(()=>{${line}});\n` : m ? `${setUp==='jest'?'':"import {afterAll as $after} from 'vitest';"}\n${setUp==='jest'?'afterAll':'$after'}(()=>{${line}});\n` : ''))); }
  return [c, f]; }));
const med = (a: number[]) => a.toSorted((x, y) => x - y)[a.length >> 1]!;
const got: Record<string, number[]> = {};
for (let r = -1; r < Number(rounds); r++) for (const c of r % 2 ? cs : cs.toReversed()) { rmSync(log, { force: true }); await runSuite(setUp as SetUp, folders[c]!);
  if (r >= 0) (got[c] ??= []).push(...readFileSync(log, 'utf8').trim().split('\n').map((l) => { const u = JSON.parse(l); return (u.user + u.system) / 1000; })); }
for (const c of cs) console.log(setUp, c.padEnd(8), 'median', med(got[c]!).toFixed(1), 'adds', (med(got[c]!) - med(got[cs[0]!]!)).toFixed(1), 'n', got[c]!.length);
