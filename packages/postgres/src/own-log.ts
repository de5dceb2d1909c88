/** What a server logs because of Carpool, and of nothing that a test or a migration did. Pure. */

/**
 * A cluster that was kept is a snapshot, which a server takes for one that has crashed; and the server is asked whether it
 * is ready before it is.
 */
const own =
  /LOG: {2}(?:database system was (?:interrupted|not properly shut down)|invalid record length at|redo (?:is not required|starts at|done at))|FATAL: {2}the database system is (?:starting up|not yet accepting connections)|DETAIL: {2}Consistent recovery state has not/;

/** The lines that are not kept. @param others those of the config */
export function linesLeftOut(others: RegExp | undefined): RegExp {
  return others === undefined ? own : new RegExp(`(?:${own.source})|(?:${others.source})`, others.flags);
}
