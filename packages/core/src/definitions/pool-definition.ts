/**
 * What makes two pools of two runs the same pool: the digest of all that its children are made from. Two work trees with
 * the same contents have the same; what cannot be looked into is never the same as anything else.
 *
 *   options, functions as their source │ config, and what it imports │ command, and files among its arguments, `watch`
 *   │ the environment that children inherit │ `identity` of a `command` that is a function │ folders, relative to the work tree
 */
import { createHash, randomUUID } from 'node:crypto';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { workTreeOf } from '../hosts/run-info.ts';
import type { CommandLookup, Launch, PoolOptions, PoolSettings } from '../pool/options.ts';
import { resolveCommand } from '../process/command.ts';
import { childEnvironment, variable } from '../process/environment.ts';
import { fingerprint, sameFingerprint, type Fingerprint, type WatchedFiles } from '../process/files.ts';
import { SourceFiles } from '../process/source-files.ts';
import { announcedParts, type PortableIdentity } from './announced-parts.ts';
import { describeValue } from './describe-value.ts';
import { fileDigest } from './file-digest.ts';
import { finder, identityOf, type KnownIdentity } from './pool-identity.ts';
import type { DefinitionParts } from './pool-difference.ts';
import type { LoadedProject, RunnerPlace } from './project.ts';

export interface DefinitionOptions {
  readonly settings: PoolSettings;
  /** As the config has them. */
  readonly options: PoolOptions;
  readonly project: LoadedProject;
  readonly place: RunnerPlace;
}

/** What Vitest 3 and 4 set, as long as it is what they set: the same names may be a project's own. */
const ofVitest: Readonly<Record<string, string>> = { TEST: 'true', PROD: '', DEV: '1', BASE_URL: '/', MODE: 'test' };

/** What shells, terminals, package managers and runners set for their own use. It makes no two children different. */
const ofTheCaller =
  /^(?:_|PWD|OLDPWD|SHLVL|INIT_CWD|COLUMNS|LINES|TERM(?:_.*)?|COLORTERM|FORCE_COLOR|NO_COLOR|WINDOWID|SSH_.*|TMUX.*|npm_.*|PNPM_.*|TURBO_.*|VITEST.*|JEST_.*|PLAYWRIGHT_.*|CARPOOL_.*)$/i;

export class PoolDefinition {
  readonly settings: PoolSettings;
  readonly digest: string;
  /**
   * As `digest`, for other machines: without the environment, without files outside of the work tree, and without how many
   * there are. A child that is started there has those of that machine. With its parts, which say what differs.
   */
  readonly portable: PortableIdentity;
  /** What the digest is of, by what it is called for people. */
  readonly parts: DefinitionParts;
  readonly folder: string;
  /** The pool of the same name in the same project, of an earlier definition, is out of date. */
  readonly key: string;
  readonly #place: RunnerPlace;
  readonly #sources: SourceFiles;
  /** Of the config. */
  readonly #files: ReadonlyMap<string, Fingerprint | undefined>;

  private constructor(
    { settings, options, project, place }: DefinitionOptions,
    sources: SourceFiles,
    { files, folders, value }: KnownIdentity,
    contents: readonly Content[],
  ) {
    this.settings = settings;
    this.#place = place;
    this.#sources = sources;
    const { modules, folder } = project;
    const cwd = settings.launch.cwd ?? folder;
    const made = [...modules.files, ...files];
    this.#files = new Map(made.map((file) => [file, fingerprint(file)]));
    // Where its temporary folder is makes no child another one, and may depend on the space that is free.
    const { tempBase: _, ...described } = options;
    const tree = workTreeOf(folder) ?? folder;
    const inTree = (text: string): string => text.replaceAll(tree, '{tree}');
    const inherited = childEnvironment({ inheritEnv: settings.launch.inheritEnv }, place.env);
    const ofTree = contents.filter(([name]) => !isAbsolute(name));
    this.parts = {
      values: {
        name: settings.name,
        'its options': describeValue(described, inTree),
        'its `identity`': JSON.stringify([describeValue(value, inTree), folders]),
        'its folder': JSON.stringify([relative(tree, folder), relative(tree, cwd)]),
        'which files its config consists of, which is not known': modules.complete ? '' : randomUUID(),
      },
      environment: Object.fromEntries(
        Object.entries(inherited).flatMap(([name, text]) =>
          ofTheCaller.test(name) || ofVitest[name] === text ? [] : [[name, describeValue(text, inTree)]],
        ),
      ),
      files: Object.fromEntries(contents),
    };
    this.folder = folder;
    this.digest = digestOf(this.parts);
    const identity = JSON.stringify([describeValue(value, inTree), folders.map(inTree)]);
    // A larger machine may have more of the same children.
    const { maxSessions: _size, children: _many, maxQueued: _queue, warm: _warm, ...alike } = described;
    const isShared = settings.sessionsPerChild > 1;
    const values: Readonly<Record<string, string>> = {
      ...this.parts.values,
      'its `identity`': identity,
      'its options': describeValue({ ...alike, sessionsPerChild: isShared }, inTree),
    };
    const { name: _name, ...told } = values;
    // Of many files those are told that are most often another one.
    const first = new Set(
      [modules.files, sources.watched.files].flatMap((list) => list.slice(0, 4).map(inFolder(tree))),
    );
    const byChance = ofTree.toSorted(([one], [other]) => Number(first.has(other)) - Number(first.has(one)));
    this.portable = {
      identity: digestOf([values, Object.fromEntries(ofTree)]),
      parts: announcedParts(told, byChance),
    };
    this.key = JSON.stringify([folder, settings.name]);
  }

  /** @throws CarpoolError CONFIG_INVALID if its `identity` cannot be told */
  static async of(options: DefinitionOptions): Promise<PoolDefinition> {
    const { command, launch, watch } = options.settings;
    const { args = [], cwd = '.' } = launch;
    const { env } = options.place;
    const file =
      typeof command === 'string' ? resolveCommand(command, resolve(cwd), variable(env, 'PATH')).file : undefined;
    const given = { file: file ?? '', args, cwd: resolve(cwd), watch };
    const { settings, place, project } = options;
    const asked = identityOf({ settings, place, folder: project.folder });
    const [sources, identity] = await Promise.all([SourceFiles.of(given), asked]);
    const tree = workTreeOf(project.folder) ?? project.folder;
    const files = [...project.modules.files, ...identity.files, ...sources.watched.files].toSorted();
    const contents: Content[] = [];
    // One after another: of many files only one is open.
    for (const each of files) contents.push(await contentOf(each, tree));
    return new PoolDefinition(options, sources, identity, contents);
  }

  /** Something of it is another one since: a child that starts now would not be the same. */
  async changed(): Promise<boolean> {
    const edited = [...this.#files].some(([file, then]) => !sameFingerprint(fingerprint(file), then));
    return edited || (await this.#sources.changedAnywhere());
  }

  /** What it was read from. */
  get watched(): WatchedFiles {
    const { files, globs } = this.#sources.watched;
    return { files: files.filter((file) => file !== ''), globs };
  }

  /** How its run starts a child. What has changed is another definition, and so another pool: nothing is watched. */
  get source(): PoolSettings {
    return { ...this.settings, command: (lookup) => this.#launch(lookup), watch: false };
  }

  async #launch(lookup: CommandLookup): Promise<Launch> {
    const { command, launch: base } = this.settings;
    const { env } = this.#place;
    const own = Object.create(lookup, {
      env: { value: env },
      cwd: { value: base.cwd ?? lookup.cwd },
      find: { value: finder(this.#place) },
    }) as CommandLookup;
    const found = typeof command === 'string' ? command : await command(own);
    const full: Launch = typeof found === 'string' ? { ...base, command: found } : { ...base, ...found };
    return { ...full, env: childEnvironment(full, env), inheritEnv: false };
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** What a file is called. */
function inFolder(tree: string): (file: string) => string {
  return (file) => (file.startsWith(tree + sep) ? relative(tree, file) : file);
}

type Content = readonly [string, string];

/** What it is called, and what it holds in the work tree; elsewhere it is the same file for all. */
async function contentOf(file: string, tree: string): Promise<Content> {
  const print = fingerprint(file);
  const name = inFolder(tree)(file);
  if (print === undefined) return [name, 'is not there'];
  if (name === file) return [name, JSON.stringify(print)];
  return [name, await fileDigest(file)];
}
