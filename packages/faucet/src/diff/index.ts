export { applyChanges, diffConfig } from './diff-config.js'
export type { ChangedThing, ConfigChange } from './diff-config.js'
