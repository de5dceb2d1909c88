/** The error of Carpool with which the promise must reject, or the call fail. */
import { failing, type Failing } from '@carpool/test-harness/failure';
import type { ErrorCode } from '../../src/base/error-kinds.ts';
import { isCarpoolError, type CarpoolError } from '../../src/base/errors.ts';

export const failure: Failing<ErrorCode, CarpoolError> = failing<ErrorCode, CarpoolError>(isCarpoolError);
