import { defineConfig } from 'tsup'
import { library, nonEmpty } from '../../tsup.base.js'

/** Programs, each started by its path. */
const program = { format: ['esm' as const], dts: false, splitting: false, shims: false }

export default defineConfig(
  nonEmpty(
    library(
      { 'index': 'src/index.ts', 'openflow/index': 'src/openflow/index.ts', 'testing/index': 'src/testing/index.ts' },
      { clean: ['!reaper/**', '!cli/**'] },
    ),
    library({ main: 'src/reaper/main.ts' }, { outDir: 'dist/reaper', ...program }),
    library(
      { 'streambed-ofp': 'src/cli/streambed-ofp.ts', 'streambed-ovsdb': 'src/cli/streambed-ovsdb.ts' },
      { outDir: 'dist/cli', ...program },
    ),
  ),
)
