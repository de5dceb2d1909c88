import { defineConfig } from 'carpool';
import { chain } from './chain.ts';
import { devServer } from './dev-server.ts';

export default defineConfig({ pools: { chain, vite: devServer } });
