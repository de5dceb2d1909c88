/** The error of Carpool with which the promise must reject, or the call fail. */
import { failing, type Failing } from '@carpool/test-harness/failure';
import { isCarpoolError, type CarpoolError, type ErrorCode } from 'carpool';

export const failure: Failing<ErrorCode, CarpoolError> = failing<ErrorCode, CarpoolError>(isCarpoolError);
