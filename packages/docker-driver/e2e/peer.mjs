// A host of the NAT tests, in a network namespace of its own: answers with the address that it is asked from, and asks others.
// Its name is its argument. Each line on standard input is a question; the answer is a line on standard output.
import { createSocket } from 'node:dgram'
import { createServer, connect } from 'node:net'
import { createInterface } from 'node:readline'

const bare = (address) => address.replace(/^::ffff:/, '')
const open = new Map()

createServer((socket) => {
  socket.on('error', () => undefined)
  socket.on('data', () => socket.write(bare(socket.remoteAddress)))
}).listen(80, '::')
for (const type of ['udp4', 'udp6']) {
  const echo = createSocket({ type, ipv6Only: type === 'udp6' })
  echo.on('message', (text, { address, port }) => echo.send(text.toString() === 'who' ? process.argv[2] : bare(address), port, address))
  echo.bind(80)
}

const actions = {
  /** Connects, says something, answers what comes back. With a `keep`, the connection stays for `again`. */
  tcp: ({ host, port, keep }) => new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1500 })
    const end = (answer) => {
      if (keep === undefined || answer.error) socket.destroy()
      else open.set(keep, socket)
      socket.setTimeout(0).removeAllListeners('timeout')
      resolve(answer)
    }
    socket.once('connect', () => socket.write('?'))
    socket.once('data', (data) => end({ from: data.toString() }))
    socket.once('timeout', () => end({ error: 'timeout' }))
    socket.on('error', ({ code }) => end({ error: code }))
  }),
  again: ({ keep }) => new Promise((resolve) => {
    const socket = open.get(keep)
    const timer = setTimeout(() => resolve({ error: 'timeout' }), 1500)
    socket.once('data', (data) => { clearTimeout(timer); resolve({ from: data.toString() }) })
    socket.write('?')
  }),
  /** Who answers to a socket that is the same each time. */
  who: ({ host, port }) => new Promise((resolve) => {
    const socket = open.get('who') ?? createSocket('udp4').on('error', () => undefined)
    open.set('who', socket)
    const timer = setTimeout(() => resolve({ error: 'timeout' }), 500)
    socket.removeAllListeners('message').once('message', (data) => { clearTimeout(timer); resolve({ from: data.toString() }) })
    socket.send('who', port, host)
  }),
  udp: ({ host, port }) => new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    const timer = setTimeout(() => end({ error: 'timeout' }), 1500)
    const end = (answer) => { clearTimeout(timer); socket.close(); resolve(answer) }
    socket.once('message', (data) => end({ from: data.toString() }))
    socket.on('error', ({ code }) => end({ error: code }))
    socket.send('?', port, host, (error) => error && end({ error: error.code }))
  }),
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line)
  console.log(JSON.stringify(await actions[question.action](question)))
}
