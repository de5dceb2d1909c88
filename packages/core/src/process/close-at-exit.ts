/** Files that are complete when this process ends, also after a crash: the host of a machine has those of each of its runs. */

interface Closed {
  close(): void;
}

const open = new Set<Closed>();
let listens = false;

/** Unless `closeNow` is first. */
export function closeAtExit(file: Closed): void {
  open.add(file);
  if (listens) return;
  listens = true;
  process.once('exit', () => {
    for (const each of open) each.close();
  });
}

/** It is forgotten, so that a process that goes on keeps nothing of it. */
export function closeNow(file: Closed): void {
  open.delete(file);
  file.close();
}
