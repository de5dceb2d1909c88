import { runSuite } from '/work/main/bench/suites/run.ts';
import { readFileSync, writeFileSync } from 'node:fs';
const S='/work/main/bench/.tmp/node_modules/@carpool/vitest/dist/';
const setup=readFileSync('/tmp/prof/setup.keep','utf8');
const variants: Record<string,()=>void> = { none(){}, full(){writeFileSync(S+'setup.js',setup)}, empty(){writeFileSync(S+'setup.js','export {}')}, imports(){writeFileSync(S+'setup.js',"await import('./hooks.js'); export {}")} };
const got: Record<string,{wall:number;cpu:number}[]> = {};
const names=Object.keys(variants);
for (let r=-1;r<Number(process.argv[2]??5);r++) for (const v of r%2?names:names.toReversed()) { variants[v]!(); const m=await runSuite('vitest-forks', `/work/main/bench/.tmp/vitest-forks-${v==='none'?'none':'unused'}-48-7-5-0`); if(r>=0)(got[v]??=[]).push(m); }
writeFileSync(S+'setup.js',setup);
const med=(a:number[])=>a.toSorted((x,y)=>x-y)[a.length>>1]!;
for (const v of names) console.log(v.padEnd(10), ['wall','cpu'].map((k)=>(med(got[v]!.map((m,i)=>(m as never)[k]-(got.none![i] as never)[k]))/48).toFixed(2)).join('  '));
