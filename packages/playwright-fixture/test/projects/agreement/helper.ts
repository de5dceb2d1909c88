// A module that receives no fixtures.
import { register } from '@carpool/playwright';

export const another = () => register('echo');
