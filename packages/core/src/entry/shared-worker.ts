/** `carpool/shared-worker` */
export { isCarpoolError } from '../base/errors.ts';
