import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Who may import whom: contracts <- kit, storage <- speech <- worker <- services. */
const layer = (files, forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...forbidden.map((group) => ({ group: [group], message: 'This layer may not import that one.' })),
        ],
        paths: [{ name: 'uvu', message: 'Import suite from test/helpers/suite.ts.' }],
      },
    ],
  },
});
const services = [
  '@whisper/ingest/*',
  '@whisper/scheduler/*',
  '@whisper/cpu-worker/*',
  '@whisper/gpu-worker/*',
];

export default tseslint.config(
  { ignores: ['**/node_modules', '**/dist', '.data', '.cache', 'models'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreUsingDeclarations: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'max-lines-per-function': ['warn', { max: 50, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      complexity: ['warn', 10],
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read the environment in a config file only.' },
      ],
    },
  },
  layer(['packages/shared/src/contracts/**'], ['@nats-io/*', 'minio', 'koa', '../kit/*', '../storage/*']),
  layer(['packages/shared/src/{kit,storage,jobs,webhooks,outbound,overview}/**'], ['@whisper/*']),
  layer(
    ['packages/ctl/src/**'],
    ['@nats-io/*', 'koa', '@whisper/speech/*', '@whisper/worker/*', ...services],
  ),
  layer(['packages/speech/src/**'], ['@nats-io/*', 'minio', 'koa', '@whisper/worker/*', ...services]),
  layer(['packages/worker/src/**'], ['koa', ...services]),
  layer(['services/**'], services),
  layer(['test/**'], []),
  {
    files: ['**/config.ts', 'infra/src/**', 'test/**', 'docs/examples/**'],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['test/helpers/suite.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
  },
);
