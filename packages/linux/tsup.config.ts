import { defineConfig } from 'tsup'
import { library, nonEmpty } from '../../tsup.base.js'

export default defineConfig(
  nonEmpty(
    library(
      { index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' },
      { clean: ['!agent/**'] },
    ),
    // The agent is a program, started by path: one file, nothing to import from it. CommonJS, which Node starts some 9 ms sooner.
    library(
      { main: 'src/agent/main.ts' },
      { outDir: 'dist/agent', format: ['cjs'], dts: false, splitting: false, shims: false },
    ),
  ),
)
