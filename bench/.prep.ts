import { layOutPackages, writeSuite } from '/work/main/bench/suites/write.ts';
layOutPackages();
for (const s of ['vitest-forks','vitest-threads','jest','playwright'] as const) for (const c of ['none','unused','shared','child','by-hand'] as const) { writeSuite(s, c, { files: 24 }); if (s==='vitest-forks') { writeSuite(s,c,{files:48}); writeSuite(s, c, { files: 1, tests: 1000, requests: 1 }); } }
