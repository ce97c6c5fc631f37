import { fileURLToPath } from 'node:url';

/** The project's own cache, where `npm start` keeps the servers too. */
export const cacheDirectory = fileURLToPath(new URL('../../.cache', import.meta.url));
