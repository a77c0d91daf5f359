const names = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ece', 'cwr', 'ns', '[200]', '[400]', '[800]']

/** The flags of a TCP header that are set, as `syn|ack`; `0` when there is none. */
export function printTcpFlags(flags: number): string {
  return names.filter((_, bit) => ((flags >> bit) & 1) === 1).join('|') || '0'
}
