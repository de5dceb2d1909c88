/** `carpool/coordination` */
export { isCarpoolError } from '../base/errors.ts';
