/** A port that something listens on. */
export interface ListeningPort {
  readonly protocol: 'tcp' | 'udp'
  readonly port: number
}

/** `st` of the sockets that count: TCP_LISTEN; for UDP an unconnected socket has TCP_CLOSE. */
const STATE = { tcp: '0A', udp: '07' }

/** The ports in a text of /proc/net/tcp, tcp6, udp or udp6 (proc_net_tcp.rst of the kernel): local address and port in hexadecimal in the second column, the state in the fourth. */
export function listeningPorts(text: string, protocol: 'tcp' | 'udp'): readonly ListeningPort[] {
  const ports = text.split('\n').flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/)
    const port = /:([0-9A-F]{4})$/i.exec(local)?.[1]
    return port === undefined || state !== STATE[protocol] ? [] : [Number.parseInt(port, 16)]
  })
  return [...new Set(ports)].sort((a, b) => a - b).map((port) => ({ protocol, port }))
}
