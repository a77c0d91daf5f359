import { defineConfig } from 'tsup'
import { library, nonEmpty } from '../../tsup.base.js'

export default defineConfig(nonEmpty(library({ index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' })))
