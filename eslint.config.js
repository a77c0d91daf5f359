import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import globals from 'globals'
import tseslint from 'typescript-eslint'
import { layersRule } from './scripts/layers.mjs'

const root = import.meta.dirname

export default defineConfig(
  { ignores: ['.venv/', '**/dist/', '**/node_modules/', '**/.turbo/', 'docs/api/', 'coverage/', '**/*.gen.ts', '**/generated/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.recommended,
  { files: ['**/*.{js,mjs}'], languageOptions: { globals: globals.nodeBuiltin } },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['tsup.base.ts'] }, tsconfigRootDir: root },
    },
    rules: {
      // A promise that nobody waits for is an error that nobody sees.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    rules: {
      'eqeqeq': ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['packages/**', 'examples/**'],
    plugins: { streambed: { rules: { layers: layersRule(root) } } },
    rules: { 'streambed/layers': 'error' },
  },
  {
    // Tools want a default export, and the configurations of the packages share a file at the root.
    files: ['**/*.config.{js,mjs,ts}', 'scripts/test-reporter.mjs'],
    rules: { 'no-restricted-exports': 'off', 'streambed/layers': 'off' },
  },
)
