import { encodeNewAddress, encodeNewLink, encodeSetLink, execIn, NetlinkWriter, Sandbox } from '@streambed/linux'
import type { ExecOptions, ExecResult, NamespaceJob, SandboxOptions } from '@streambed/linux'

/** Turns what `write` appends into the job of a namespace. */
export function job(namespace: string, write: (writer: NetlinkWriter) => void, extra: Partial<NamespaceJob> = {}): NamespaceJob {
  const writer = new NetlinkWriter()
  write(writer)
  writer.finish()
  return { namespace, messages: writer.bytes.slice(), references: writer.references, labels: writer.labels, ...extra }
}

/** Runs a program in a namespace of the sandbox. */
export function run(sandbox: Sandbox, namespace: string, argv: readonly string[], options?: ExecOptions): Promise<ExecResult> {
  return execIn(sandbox, namespace, namespace, argv, options)
}

/** What a command with `-j` prints. */
export async function json<T = Record<string, unknown>>(sandbox: Sandbox, namespace: string, argv: readonly string[]): Promise<T[]> {
  return JSON.parse((await run(sandbox, namespace, argv)).stdout) as T[]
}

/** The jobs of two hosts, `a` (10.0.0.1, fd00::1) and `b` (10.0.0.2, fd00::2), with a cable between their `eth0`. */
export function cable(): NamespaceJob[] {
  const addresses = (w: NetlinkWriter, last: number): void => {
    encodeSetLink(w, 'loopback up', { index: 1, up: true })
    encodeNewAddress(w, 'IPv4 address', { index: 2, address: `10.0.0.${last}`, prefixLength: 24 })
    encodeNewAddress(w, 'IPv6 address', { index: 2, address: `fd00::${last}`, prefixLength: 64 })
    encodeSetLink(w, 'eth0 up', { index: 2, up: true })
  }
  return [
    { namespace: 'b', create: { hostname: 'b' } },
    job('a', (w) => encodeNewLink(w, 'cable', { name: 'eth0', index: 2, mac: '02:00:00:00:00:01', kind: { type: 'veth', peer: { name: 'eth0', index: 2, mac: '02:00:00:00:00:02', namespace: 'b' } } }), {
      create: { hostname: 'a' },
    }),
    job('a', (w) => addresses(w, 1)),
    job('b', (w) => addresses(w, 2)),
  ]
}

/** A sandbox with two hosts and a cable, ready. */
export async function twoHosts(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = new Sandbox(options)
  await sandbox.call('names', { hosts: '127.0.0.1 localhost\n10.0.0.1 a\n10.0.0.2 b\n', resolv: { a: '# a\n', b: '# b\n' } })
  await sandbox.apply(cable())
  return sandbox
}

/** The error that a promise rejects with. */
export async function failure<E extends Error = Error>(promise: Promise<unknown>): Promise<E> {
  try {
    await promise
  } catch (error) {
    return error as E
  }
  throw new Error('it did not fail')
}
