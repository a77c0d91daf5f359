import { expect, it } from 'vitest'
import { listeningPorts } from './listening-ports.js'

const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0000000000000000 100 0 0 10 0
   1: 0100007F:0050 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0000000000000000 20 4 30 10 -1
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3 1 0000000000000000 100 0 0 10 0
`

it('are those of listening sockets, each once', () => {
  expect(listeningPorts(text, 'tcp')).toEqual([{ protocol: 'tcp', port: 22 }, { protocol: 'tcp', port: 8080 }])
  expect(listeningPorts('   5: 00000000:0035 00000000:0000 07 0:0', 'udp')).toEqual([{ protocol: 'udp', port: 53 }])
  expect(listeningPorts('', 'tcp')).toEqual([])
})
