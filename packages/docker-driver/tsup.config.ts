import { defineConfig } from 'tsup'
import { library, nonEmpty } from '../../tsup.base.js'

export default defineConfig(
  nonEmpty(
    library({ index: 'src/index.ts', 'diagram-style/index': 'src/diagram-style/index.ts' }, { clean: ['!cli/**', '!containers/**'] }),
    // Programs of their own, started by path.
    library({ reaper: 'src/containers/reaper/main.ts', probe: 'src/containers/probe/main.ts' }, { outDir: 'dist/containers', format: ['esm'], dts: false, splitting: false, shims: false }),
    library(
      { 'streambed-docker-driver': 'src/cli/streambed-docker-driver.ts' },
      { outDir: 'dist/cli', format: ['esm'], dts: false, splitting: false, shims: false },
    ),
  ),
)
