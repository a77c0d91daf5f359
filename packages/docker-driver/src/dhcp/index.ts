export { changeMac, findInterface } from './container-interface.js'
export { DhcpClient } from './dhcp-client.js'
export type { DhcpClientOptions, DhcpEvent } from './dhcp-client.js'
export type { DhcpLease } from './lease.js'
