import { defineConfig } from 'carpool';
import { pools } from './echo.mjs';

export default defineConfig({ pools, redact: { keys: ['pin'] } });
