import { defineConfig } from 'tsup'
import { library, nonEmpty } from '../../tsup.base.js'

export default defineConfig(
  nonEmpty(
    library({ index: 'src/index.ts' }, { clean: ['!cli/**'] }),
    // A program of its own, started by path.
    library(
      { 'streambed-faucet': 'src/cli/streambed-faucet.ts' },
      { outDir: 'dist/cli', format: ['esm'], dts: false, splitting: false, shims: false },
    ),
  ),
)
