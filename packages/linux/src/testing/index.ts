export { leftovers, snapshotMachine } from './leftovers.js'
export type { MachineSnapshot } from './leftovers.js'
