export type * from './network.js'
