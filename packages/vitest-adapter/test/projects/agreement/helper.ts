// A module that receives no fixtures.
import { register } from '@carpool/vitest';

export const another = () => register('echo');
