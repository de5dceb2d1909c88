/** `carpool init`: adds Carpool to a project. It shows what it would change, asks, and writes all of it or nothing. */
import { findConfig } from '../config/find.ts';
import { likelyDialect } from './init/dialects.ts';
import { difference, shown } from './init/difference.ts';
import { Repository, undoLine } from './init/git.ts';
import { install, installCommand, lockFiles } from './init/install.ts';
import type { DialectName, RunnerName } from './init/names.ts';
import { makePlan, type Answers, type Plan } from './init/plan.ts';
import { readProject, type Project } from './init/project.ts';
import { ByHand, Refusal } from './init/refusal.ts';
import { runners } from './init/runners.ts';
import { Stage } from './init/stage.ts';

export interface InitOptions {
  /** Default: those that the project has. */
  readonly runner?: readonly RunnerName[];
  readonly dialect?: DialectName;
  /** Write without a question. */
  readonly yes?: boolean;
  /** Show what would be written, and no more. */
  readonly dryRun?: boolean;
  /** Add packages by the package manager; without it, its command is said. Default true. */
  readonly install?: boolean;
  /** Write a first test. Default: what the user says, else true. */
  readonly test?: boolean;
  /** Where the project is. Default: the current directory. */
  readonly root?: string;
}

/** Resolves with 0 if the project has Carpool, or has been shown what it would get; else with 1, and nothing is written. */
export async function init(options: InitOptions): Promise<number> {
  try {
    return await changed(options);
  } catch (thrown) {
    // What the system says of a file that cannot be read is a sentence, too.
    const ofSystem = thrown instanceof Error && 'syscall' in thrown;
    if (!(thrown instanceof Refusal) && !ofSystem) throw thrown;
    console.error(`carpool: ${thrown.message}`);
    return 1;
  }
}

/** There is somebody to ask. */
function inTerminal({ yes = false, dryRun = false }: InitOptions): boolean {
  return !yes && !dryRun && process.stdin.isTTY && process.stdout.isTTY;
}

/** @throws Refusal */
async function changed(options: InitOptions): Promise<number> {
  const project = await readProject(options.root ?? process.cwd());
  const answers = await answersOf(project, options);
  const plan = makePlan(project, answers);
  console.error(foundLine(project, answers));
  if (plan.byHand.length > 0) return byHand(plan.byHand);
  if (plan.changes.length === 0 && plan.missing.length === 0) {
    console.error('carpool: everything is there already; nothing is changed');
    return 0;
  }
  const command = plan.missing.length === 0 ? undefined : installCommand(project, plan.missing);
  process.stdout.write(shown(difference(plan.changes), process.stdout));
  const repository = Repository.of(project.root);
  for (const line of warnings(plan, repository)) console.error(line);
  const installs = options.install !== false;
  if (command !== undefined) console.error(`Packages: ${command.join(' ')}${installs ? '' : ' (run it yourself)'}`);
  if (options.dryRun === true) return 0;
  if (options.yes !== true) {
    if (!inTerminal(options))
      throw new Refusal('nothing is written, because there is no terminal to ask in: `--yes` writes without asking');
    const { askYes } = await import('./init/ask.ts');
    const what = command !== undefined && installs ? 'Install the packages, and write this?' : 'Write this?';
    if (!(await askYes(what))) throw new Refusal('nothing is written');
  }
  await write(plan, project, { command: installs ? command : undefined, repository });
  return 0;
}

/** @throws Refusal if there is nobody to ask what must be asked */
async function answersOf(project: Project, options: InitOptions): Promise<Answers> {
  const asks = inTerminal(options) ? await import('./init/ask.ts') : undefined;
  const used = options.runner ?? (await usedRunners(project, asks?.askRunners));
  const isNew = findConfig(project.root) === undefined;
  const likely = likelyDialect(project.dependencies);
  const dialect = options.dialect ?? (isNew && asks !== undefined ? await asks.askDialect(likely) : likely);
  const test = options.test ?? (isNew && asks !== undefined ? await asks.askYes('Write a first test?') : true);
  return { runners: [...new Set(used)], dialect, named: options.dialect !== undefined, test };
}

/** @throws Refusal if there is none, and nobody to ask */
async function usedRunners(
  { found, root, workspace, dependencies }: Project,
  ask: ((found: readonly RunnerName[]) => Promise<RunnerName[]>) | undefined,
): Promise<readonly RunnerName[]> {
  if (found.length === 1) return found;
  // What Vite's own templates have no runner for.
  const likely: readonly RunnerName[] = found.length === 0 && dependencies.has('vite') ? ['vitest'] : found;
  if (workspace && found.length === 0)
    throw new Refusal(
      `${root} is the root of a workspace, and has no runner: run it in the package whose tests share a process`,
    );
  if (ask !== undefined) return await ask(likely);
  if (likely.length > 0) return likely;
  throw new Refusal(
    `No runner is found in ${root}: install Vitest, Jest or Playwright Test, or name one with --runner, which installs it`,
  );
}

function foundLine(project: Project, answers: Answers): string {
  const { typescript, esm, agent, config } = project;
  const used = answers.runners.map((name) => runners[name].title).join(', ');
  const kind = `${typescript ? 'TypeScript' : 'JavaScript'}, ${esm ? 'ES modules' : 'CommonJS'}`;
  const dialect = config === undefined ? `dialect ${answers.dialect}` : `${config} is there, and stays as it is`;
  return `${used}; ${kind}; ${agent.replace('@', ' ')}; ${dialect}`;
}

function byHand(configs: readonly ByHand[]): number {
  for (const { message, lines } of configs) {
    console.error(`carpool: ${message}; add to it:`);
    for (const { line, where } of lines) console.error(`  ${where}:\n    ${line}`);
  }
  console.error('Nothing is written. Add these lines, and then run this again for the rest.');
  return 1;
}

/** Files that are edited, of which the package manager edits some. */
function editedFiles({ changes, missing }: Plan): string[] {
  const own = changes.filter(({ before }) => before !== undefined).map(({ file }) => file);
  return [...new Set([...own, ...(missing.length > 0 ? ['package.json'] : [])])];
}

function warnings(plan: Plan, repository: Repository | undefined): string[] {
  const lost = repository?.uncommitted(editedFiles(plan)) ?? [];
  const [is, them] = lost.length === 1 ? ['has', 'it'] : ['have', 'them'];
  return [
    ...plan.notes,
    ...(lost.length === 0
      ? []
      : [
          `Warning: ${lost.join(', ')} ${is} changes that are not committed; git cannot undo this alone: commit ${them} first`,
        ]),
  ];
}

interface Means {
  /** Of the package manager. */
  readonly command: readonly string[] | undefined;
  readonly repository: Repository | undefined;
}

/** @throws Refusal, with nothing written */
async function write(plan: Plan, project: Project, { command, repository }: Means): Promise<void> {
  const { changes, test } = plan;
  const { root } = project;
  const locksBefore = lockFiles(root);
  // First, so that nothing is installed where nothing can be written.
  const stage = new Stage(root, changes);
  try {
    if (command !== undefined) await install(project, command);
  } catch (thrown) {
    stage.discard();
    throw thrown;
  }
  stage.commit();
  const locks = command === undefined ? [] : lockFiles(root);
  const edited = [...editedFiles({ ...plan, missing: command === undefined ? [] : plan.missing })];
  edited.push(...locks.filter((file) => locksBefore.includes(file)));
  const added = changes.filter(({ before }) => before === undefined).map(({ file }) => file);
  added.push(...locks.filter((file) => !locksBefore.includes(file)));
  console.error(`Written: ${changes.map(({ file }) => file).join(', ') || 'nothing but package.json'}`);
  if (test !== undefined) console.error(`Run it: npx ${runners[test.runner].run(test.file)}`);
  console.error(undoLine(repository, { edited, added }));
}
