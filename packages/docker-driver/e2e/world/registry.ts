import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'

/** A registry (distribution API, version 2) that has one image, `tiny:1`, of one layer of about a megabyte. Docker trusts 127.0.0.0/8 without TLS. */
export async function startRegistry(): Promise<{ readonly port: number; /** Blobs that were fetched. */ readonly blobs: () => number; readonly close: () => void }> {
  const layer = pack()
  layer.entry({ name: 'x', mode: 0o755 }, Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 2654435761) >>> 13)))
  layer.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of layer as unknown as AsyncIterable<Buffer>) chunks.push(chunk)
  const tar = Buffer.concat(chunks)
  const zipped = gzipSync(tar)
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [digest(tar)] } }))
  const type = 'application/vnd.docker.distribution.manifest.v2+json'
  const manifest = Buffer.from(JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: config.length, digest: digest(config) },
    layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: zipped.length, digest: digest(zipped) }],
  }))
  const blobs = new Map([config, zipped].map((bytes) => [digest(bytes), bytes]))
  let fetched = 0
  const server = createServer(({ url = '', method }, answer) => {
    const blob = blobs.get(url.split('/').at(-1) ?? '')
    const body = url === '/v2/' ? Buffer.from('{}') : url.startsWith('/v2/tiny/manifests/') ? manifest : blob
    if (blob !== undefined && method === 'GET') fetched++
    if (body === undefined) answer.writeHead(404).end()
    else answer.writeHead(200, { 'content-type': body === manifest ? type : 'application/octet-stream', 'content-length': body.length, 'docker-content-digest': digest(body) }).end(method === 'HEAD' ? undefined : body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, blobs: () => fetched, close: () => server.close() }
}

function digest(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
