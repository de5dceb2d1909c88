#!/usr/bin/env node
/** The file that is run as `carpool`. It loads the rest only in a Node that can. */

// In Node since 22. Some of what the rest imports needs as much, and would fail in words that do not say so.
if ('withResolvers' in Promise) {
  const { runCommand } = await import('./command.ts');
  await runCommand();
} else {
  console.error(`carpool: Node ${process.versions.node} is too old: 22.12 or newer is needed`);
  process.exitCode = 1;
}
