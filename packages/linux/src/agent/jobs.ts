import { closeSync, openSync, writeFileSync } from 'node:fs'
import { endianness } from 'node:os'
import { LinuxError } from '../errors.js'
import * as libc from './libc.js'
import type { NamespaceTable } from './namespace-table.js'
import { sendBatch } from './netlink-socket.js'
import type { NamespaceJob, TunDevice } from './protocol.js'

const SIOCETHTOOL = 0x8946
const ETHTOOL_STXCSUM = 0x17
const IFNAMSIZ = 16
const TUNSETIFF = 0x400454ca
const TUNSETPERSIST = 0x400454cb
const IFF_TUN = 0x1
const IFF_TAP = 0x2
const IFF_NO_PI = 0x1000

/** Does what a plan says for one namespace. */
export function runJob(table: NamespaceTable, job: NamespaceJob): void {
  if (job.create !== undefined) table.create(job.namespace, job.create.hostname)
  if (job.adopt !== undefined) table.adopt(job.namespace, job.adopt)
  table.inNetwork(job.namespace, () => {
    for (const [path, value] of job.sysctls ?? []) writeSysctl(path, value)
    for (const tun of job.tuns ?? []) createTun(tun)
    if (job.messages !== undefined) {
      const view = new DataView(job.messages.buffer, job.messages.byteOffset, job.messages.byteLength)
      for (const { offset, namespace } of job.references ?? []) view.setUint32(offset, table.netFd(namespace), endianness() === 'LE')
      try {
        sendBatch(job.messages, job.labels ?? [])
      } catch (error) {
        if (job.lenient !== true) throw error
      }
    }
    if (job.plainChecksums !== undefined && job.plainChecksums.length > 0) switchOffChecksums(job.plainChecksums)
  })
}

function writeSysctl(path: string, value: string): void {
  try {
    writeFileSync(`/proc/sys/${path}`, value)
  } catch (cause) {
    throw new LinuxError('kernel', `sysctl ${path.replaceAll('/', '.')} = "${value}": ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** `ethtool -K NAME tx off`: the kernel drops segmentation offload with it, which needs checksums. */
function switchOffChecksums(names: readonly string[]): void {
  const fd = libc.socket(libc.AF_INET, libc.SOCK_DGRAM)
  try {
    const value = new Uint32Array([ETHTOOL_STXCSUM, 0])
    for (const name of names) {
      libc.ioctlWithPointer(`switch transmit checksums of ${name} off`, fd, SIOCETHTOOL, interfaceRequest(name), new Uint8Array(value.buffer))
    }
  } finally {
    libc.close(fd)
  }
}

/** `struct ifreq` with the name filled in. */
function interfaceRequest(name: string): Uint8Array {
  const request = new Uint8Array(40)
  request.set(new TextEncoder().encode(name).subarray(0, IFNAMSIZ - 1))
  return request
}

function createTun({ name, mode }: TunDevice): void {
  let fd: number
  try {
    fd = openSync('/dev/net/tun', 'r+')
  } catch (cause) {
    throw new LinuxError('missing', `cannot open /dev/net/tun for the ${mode} device ${name}: load the module (modprobe tun) and let users open it (chmod 0666 /dev/net/tun)`, { cause })
  }
  try {
    const request = interfaceRequest(name)
    new DataView(request.buffer).setUint16(IFNAMSIZ, (mode === 'tun' ? IFF_TUN : IFF_TAP) | IFF_NO_PI, true)
    libc.ioctl(`create ${mode} device ${name}`, fd, TUNSETIFF, request)
    libc.ioctlWithInteger(`keep ${mode} device ${name}`, fd, TUNSETPERSIST, 1)
  } finally {
    closeSync(fd)
  }
}
