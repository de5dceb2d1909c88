import { defineConfig } from 'carpool';

export default defineConfig({});
