// A speaker of mDNS (RFC 6762), small enough for one name: `node mdns.mjs answer NAME` answers questions for NAME until it is killed,
// `node mdns.mjs ask NAME` prints the address that the answer names. Runs in whatever network namespace it is started in.
import { createSocket } from 'node:dgram'
import { networkInterfaces } from 'node:os'

const [verb, name] = process.argv.slice(2)
const group = '224.0.0.251'
const port = 5353
const address = Object.values(networkInterfaces()).flat().find(({ family, internal }) => family === 'IPv4' && !internal).address

/** The name as labels, each behind its length. */
const labels = Buffer.concat([...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])])
const header = (flags, questions, answers) => Buffer.from([0, 0, flags, 0, 0, questions, 0, answers, 0, 0, 0, 0])
const question = Buffer.concat([header(0, 1, 0), labels, Buffer.from([0, 1, 0, 1])])
const answer = Buffer.concat([header(0x84, 0, 1), labels, Buffer.from([0, 1, 0x80, 1, 0, 0, 0, 120, 0, 4, ...address.split('.').map(Number)])])

const socket = createSocket({ type: 'udp4', reuseAddr: true })
socket.bind(port, () => {
  socket.addMembership(group, address)
  socket.setMulticastInterface(address)
  socket.setMulticastTTL(255)
  if (verb === 'ask') socket.send(question, port, group)
  else console.log('listening')
})
socket.on('message', (message) => {
  const isAnswer = (message[2] & 0x80) !== 0
  if (!message.includes(labels)) return
  if (verb === 'answer' && !isAnswer) socket.send(answer, port, group)
  if (verb === 'ask' && isAnswer) {
    console.log([...message.subarray(-4)].join('.'))
    process.exit(0)
  }
})
if (verb === 'ask') setTimeout(() => process.exit(1), 5000)
