import { defineConfig } from 'tsup'
import { library, nonEmpty } from '../../tsup.base.js'

export default defineConfig(
  nonEmpty(
    library({ index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' }, { clean: ['!reaper/**'] }),
    // A program of its own, started by path.
    library({ main: 'src/reaper/main.ts' }, { outDir: 'dist/reaper', format: ['esm'], dts: false, splitting: false, shims: false }),
  ),
)
