import { defineConfig } from 'tsup'
import { library, nonEmpty } from '../../tsup.base.js'

export default defineConfig(nonEmpty(library({ index: 'src/index.ts', vitest: 'src/vitest.ts' })))
