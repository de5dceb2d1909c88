/** `carpool/ava-plugin` */
export { isCarpoolError } from '../base/errors.ts';
