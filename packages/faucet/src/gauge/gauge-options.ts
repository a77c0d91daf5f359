import type { OptionTable } from '../config/option.js'

/** Options of a watcher (`watchers.<name>`); those of databases may stand here too, and mean nothing. */
export const watcherOptions = {
  name: { type: 'str' },
  type: { type: 'str' },
  dps: { type: 'list' },
  all_dps: { type: 'bool', default: false },
  interval: { type: 'int', default: 30, min: 1 },
  db: { type: 'str' },
  dbs: { type: 'list' },
  db_type: { type: 'str' },
  file: { type: 'str' },
  path: { type: 'str' },
  compress: { type: 'bool', default: false },
  prometheus_port: { type: 'int', default: 9303 },
  prometheus_addr: { type: 'str' },
  prometheus_test_thread: { type: 'bool', default: false },
} as const satisfies OptionTable

/** Options of a database (`dbs.<name>`). */
export const dbOptions = {
  type: { type: 'str' },
  file: { type: 'str' },
  path: { type: 'str' },
  compress: { type: 'bool', default: false },
  prometheus_port: { type: 'int', default: 9303, min: 0, max: 65535 },
  prometheus_addr: { type: 'str' },
  prometheus_test_thread: { type: 'bool', default: false },
} as const satisfies OptionTable
