/** The thread of `runPictureWork`: one task, one answer. */
import { parentPort, workerData } from 'node:worker_threads';
import { pictureWork, type PictureTask } from './picture-work.ts';

parentPort?.postMessage(pictureWork(workerData as PictureTask));
