import { existsSync } from 'node:fs'
import type { Options } from 'tsup'

/**
 * How every library of this repository is built: ESM and CommonJS, each with its own declarations. `entry` maps the
 * name of the output to its source. An entry whose source does not exist is left out.
 */
export function library(entry: Record<string, string>, extra: Options = {}): Options {
  return {
    entry: existing(entry),
    format: ['esm', 'cjs'],
    target: 'node20',
    dts: true,
    sourcemap: true,
    // `import.meta.url` in CommonJS, `__dirname` in ESM.
    shims: true,
    // Entry points share chunks, so that a class is one class whichever of them it was imported from.
    splitting: true,
    clean: true,
    ...extra,
  }
}

/** The entries whose sources exist. */
export function existing(entry: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entry).filter(([, source]) => existsSync(source)))
}

/** The configurations that have something to build; tsup refuses one without entries. */
export function nonEmpty(...configs: Options[]): Options[] {
  return configs.filter(({ entry }) => Object.keys(entry ?? {}).length > 0)
}
