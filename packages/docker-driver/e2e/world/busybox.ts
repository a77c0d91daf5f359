import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { run } from './program.js'

/** The image that {@link importBusybox} makes. */
export const busybox = 'streambed-busybox'

/** Imports an image with nothing but busybox into the engine that listens there, since there is no registry. */
export async function importBusybox(socketPath: string): Promise<void> {
  const binary = await readFile('/bin/busybox')
  const archive = pack()
  archive.entry({ name: 'bin/busybox', mode: 0o755 }, binary)
  const applets = (await run('busybox', '--list')).split('\n').filter((applet) => applet !== 'busybox')
  for (const applet of applets) archive.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox' })
  for (const folder of ['tmp', 'etc', 'var', 'var/run', 'proc', 'sys', 'dev']) archive.entry({ name: folder, type: 'directory', mode: 0o755 })
  archive.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/:/bin/sh\n')
  archive.finalize()
  await send(socketPath, 'POST', `/images/create?fromSrc=-&repo=${busybox}`, Readable.from(archive))
}

/** Whether an engine answers there. */
export async function answers(socketPath: string): Promise<boolean> {
  return (await send(socketPath, 'GET', '/_ping').catch(() => '')) === 'OK'
}

/** A bare call of an engine's API. */
export function send(socketPath: string, method: string, path: string, body?: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method, path, headers: body === undefined ? {} : { 'content-type': 'application/x-tar' } }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part)).on('error', reject)
      answer.on('end', () => (answer.statusCode === 200 && !text.includes('"error"') ? resolve(text) : reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`))))
    })
    call.on('error', reject)
    if (body === undefined) call.end()
    else body.pipe(call)
  })
}
