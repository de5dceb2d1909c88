/**
 * What a process adds to a suite, if each file starts one and if all share one. Pure arithmetic; times in milliseconds,
 * memory in bytes. docs/measure.md states the assumptions.
 */
import type { Memory } from '../../process/usage.ts';

export interface SuiteShape {
  readonly files: number;
  /** Test files that run at a time. */
  readonly workers: number;
  /** What the machine can run at a time. */
  readonly processors: number;
}

/** From the start of the user's process until it is ready. */
export interface ProcessCost {
  readonly wall: number;
  readonly cpu: number | undefined;
  readonly memory: Memory | undefined;
}

export interface CarpoolCost {
  /** Of the host, once a run: until it has loaded its config, and to its end. */
  readonly hostWall: number;
  readonly hostCpu: number | undefined;
  readonly hostMemory: Memory | undefined;
  /** Of a test file, in its own process and in the host. */
  readonly fileWall: number;
  readonly fileCpu: number | undefined;
  /** What a test process needs for Carpool. */
  readonly workerMemory: number;
}

export interface SuiteCost {
  readonly wall: number;
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
}

/** One process a file: each worker starts one after another. */
export function separate({ wall, cpu, memory }: ProcessCost, shape: SuiteShape): SuiteCost {
  const atOnce = Math.min(shape.files, shape.workers);
  return {
    wall: wall * turns(shape, ratio(cpu, wall)),
    cpu: cpu === undefined ? undefined : cpu * shape.files,
    memory: memory === undefined ? undefined : memory.files + (memory.total - memory.files) * atOnce,
  };
}

/** One for all: the host and the process start once, then each file opens its sessions. */
export function shared(process: ProcessCost, carpool: CarpoolCost, shape: SuiteShape): SuiteCost {
  const { hostWall, hostCpu, hostMemory, fileCpu, workerMemory } = carpool;
  const atOnce = Math.min(shape.files, shape.workers);
  const cpus = [process.cpu, hostCpu, fileCpu];
  const known = cpus.every((cpu) => cpu !== undefined);
  return {
    wall: hostWall + process.wall + fileWalls(carpool, shape),
    cpu: known ? (process.cpu ?? 0) + (hostCpu ?? 0) + (fileCpu ?? 0) * shape.files : undefined,
    memory:
      process.memory === undefined || hostMemory === undefined
        ? undefined
        : process.memory.total + hostMemory.total + workerMemory * atOnce,
  };
}

/**
 * The start, in milliseconds of wall time, at which both take the same: `host + start + files = turns × start`. A start of
 * another length is taken to use the processor as much of its time as the measured one. Infinity if no start is slow
 * enough, because no worker starts a second process.
 */
export function breakEven(process: ProcessCost, carpool: CarpoolCost, shape: SuiteShape): number {
  const saved = turns(shape, ratio(process.cpu, process.wall)) - 1;
  // Less than that is what the measurement of a load may be wrong by.
  return saved <= 0.01 ? Infinity : (carpool.hostWall + fileWalls(carpool, shape)) / saved;
}

function fileWalls({ fileWall, fileCpu }: CarpoolCost, shape: SuiteShape): number {
  return fileWall * turns(shape, ratio(fileCpu, fileWall));
}

/**
 * How many times the wall time of one file counts: once for each file of a worker. Where the workers together want more
 * processor time than there is, that decides.
 */
function turns({ files, workers, processors }: SuiteShape, load: number): number {
  return Math.max(Math.ceil(files / workers), (files * load) / processors);
}

function ratio(cpu: number | undefined, wall: number): number {
  return cpu === undefined || wall <= 0 ? 0 : cpu / wall;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** Undefined if a value is. */
export function medianOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 || known.length < values.length ? undefined : median(known);
}
