export { editFaucetFile } from './edit-file.js'
export { stringifyFaucetConfig } from './stringify.js'
export type { StringifyOptions } from './stringify.js'
