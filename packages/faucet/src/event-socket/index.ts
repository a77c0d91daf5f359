export { eventLine } from './event-line.js'
export { EventSocket, type EventSocketOptions } from './event-socket.js'
