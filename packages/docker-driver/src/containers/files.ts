import { posix } from 'node:path'
import { Readable } from 'node:stream'
import { extract, pack, type Header } from 'tar-stream'
import { DockerDriverError } from '../errors.js'
import type { EngineApi } from './engine-api.js'
import { refusalOf } from './engine-error.js'
import { bytesOf } from './logs.js'

/** How a file is made. */
export interface WriteFileOptions {
  /** Permissions. Default 0o644, and 0o755 for a folder. */
  readonly mode?: number | undefined
  /** Owner. Default 0. */
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

/** A file to be put into a container: its content, or its content and how it is made; a folder; a symbolic link. */
export type FileContent =
  | string
  | Uint8Array
  | ({ readonly content: string | Uint8Array } & WriteFileOptions)
  | ({ readonly folder: true } & WriteFileOptions)
  | { readonly linkTo: string }

/** A file of a container. */
export interface ContainerFile {
  /** Relative to what was asked for; `''` is that itself. */
  readonly path: string
  readonly type: 'file' | 'folder' | 'symlink' | 'other'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly modified: Date
  /** Of a symbolic link; of another name of a file that came before: that file's path, and `type` is `file`, with its content. */
  readonly linkTo: string | undefined
  /** Empty unless `type` is `file`. */
  readonly content: Buffer
}

/** The container that files are copied to and from. */
export interface FileTarget {
  readonly api: EngineApi
  readonly id: string
  readonly where: string
}

const LINKS = 40

/** @throws DockerDriverError `invalid` for a path that is not absolute */
export function checkPath(path: string): string {
  if (!path.startsWith('/') || path.includes('\0')) throw new DockerDriverError('invalid', `path must be absolute (got ${JSON.stringify(path)})`)
  return posix.normalize(path)
}

/** A path as a tar archive. @throws DockerDriverError `not-found` */
export async function archiveOf({ api, id, where }: FileTarget, path: string): Promise<Readable> {
  return await api.stream({ path: `/containers/${id}/archive`, query: { path: checkPath(path) }, what: `read ${path} of ${where}` })
}

/** What an archive has, one after the other. `again` reads a file that has a second name. */
export async function* filesOf(archive: Readable, again: (name: string) => Promise<Buffer> = () => Promise.resolve(Buffer.alloc(0))): AsyncGenerator<ContainerFile> {
  const unpack = extract()
  archive.once('error', (error) => unpack.destroy(error))
  archive.pipe(unpack)
  let root: string | undefined
  try {
    for await (const entry of unpack) {
      const { header } = entry
      const name = header.name.replace(/\/$/, '')
      // Docker calls the first entry by the last part of the path, and the others below it.
      root ??= name
      const relative = (text: string): string => (text === root ? '' : text.startsWith(`${root}/`) ? text.slice((root ?? '').length + 1) : text)
      const own = await bytesOf(entry as unknown as Readable)
      const content = header.type === 'link' ? await again(name) : own
      yield {
        path: relative(name),
        type: TYPES[header.type ?? 'file'] ?? 'other',
        mode: (header.mode ?? 0) & 0o7777,
        uid: header.uid ?? 0,
        gid: header.gid ?? 0,
        modified: header.mtime ?? new Date(0),
        linkTo: header.type === 'symlink' ? (header.linkname ?? undefined) : header.type === 'link' ? relative(header.linkname ?? '') : undefined,
        content,
      }
    }
  } finally {
    archive.destroy()
    unpack.destroy()
  }
}

const TYPES: Readonly<Record<string, ContainerFile['type']>> = { 'file': 'file', 'contiguous-file': 'file', 'link': 'file', 'directory': 'folder', 'symlink': 'symlink' }

/** A file, or a folder with everything in it. @throws DockerDriverError `not-found` */
export async function* readContainerFiles(target: FileTarget, path: string): AsyncGenerator<ContainerFile> {
  const folder = posix.dirname(checkPath(path))
  yield* filesOf(await archiveOf(target, path), (name) => readContainerFile(target, posix.join(folder, name)))
}

/** The content of a file; symbolic links are followed. @throws DockerDriverError `not-found`, `invalid` for a folder */
export async function readContainerFile(target: FileTarget, path: string): Promise<Buffer> {
  let at = checkPath(path)
  for (let links = 0; links < LINKS; links++) {
    for await (const file of filesOf(await archiveOf(target, at))) {
      if (file.type === 'file') return file.content
      if (file.type !== 'symlink') throw new DockerDriverError('invalid', `${path} of ${target.where} is no file but a ${file.type === 'folder' ? 'folder: use getFiles' : 'device or the like'}`)
      at = posix.resolve(posix.dirname(at), file.linkTo ?? '')
      break
    }
  }
  throw new DockerDriverError('invalid', `${path} of ${target.where} is a symbolic link that leads in a circle`)
}

/** Puts an archive's content under a folder, which is made when it is missing. */
export async function putArchive(target: FileTarget, folder: string, archive: Readable | (() => Readable)): Promise<void> {
  const path = checkPath(folder)
  if (typeof archive !== 'function') {
    await makeFolder(target, path)
    return await put(target, path, archive)
  }
  try {
    await put(target, path, archive())
  } catch (error) {
    if (refusalOf(error)?.statusCode !== 404 || !(await exists(target, '/'))) throw error
    await makeFolder(target, path)
    await put(target, path, archive())
  }
}

/** The archive of files by their relative paths. Folders on the way are made by Docker. */
export function packFiles(files: Readonly<Record<string, FileContent>>): Readable {
  const archive = pack()
  for (const [name, file] of Object.entries(files)) {
    const path = posix.normalize(name)
    if (path.startsWith('/') || path === '..' || path.startsWith('../')) throw new DockerDriverError('invalid', `files: a path must be relative and within the folder (got ${JSON.stringify(name)})`)
    if (typeof file === 'string' || file instanceof Uint8Array) archive.entry(headers(path, {}, 0o644), Buffer.from(file))
    else if ('content' in file) archive.entry(headers(path, file, 0o644), Buffer.from(file.content as string))
    else if ('folder' in file) archive.entry({ ...headers(path, file, 0o755), type: 'directory' })
    else archive.entry({ ...headers(path, {}, 0o777), type: 'symlink', linkname: file.linkTo })
  }
  archive.finalize()
  return archive as unknown as Readable
}

function headers(name: string, { mode, uid = 0, gid = 0 }: WriteFileOptions, standard: number): Partial<Header> & { readonly name: string } {
  return { name, mode: mode ?? standard, uid, gid, mtime: new Date() }
}

async function put({ api, id, where }: FileTarget, path: string, archive: Readable): Promise<void> {
  const answer = await api.stream({ method: 'PUT', path: `/containers/${id}/archive`, query: { path, noOverwriteDirNonDir: true }, what: `write to ${path} of ${where}` }, archive)
  answer.resume()
}

/** Makes a folder and those on the way that are missing; those that are there stay as they are. */
async function makeFolder(target: FileTarget, path: string): Promise<void> {
  const missing: string[] = []
  let at = path
  while (at !== '/' && !(await exists(target, at))) {
    missing.unshift(posix.basename(at))
    at = posix.dirname(at)
  }
  if (missing.length === 0) return
  const archive = pack()
  missing.forEach((_, index) => archive.entry({ ...headers(missing.slice(0, index + 1).join('/'), {}, 0o755), type: 'directory' }))
  archive.finalize()
  await put(target, at, archive as unknown as Readable)
}

async function exists({ api, id, where }: FileTarget, path: string): Promise<boolean> {
  try {
    await api.json({ method: 'HEAD', path: `/containers/${id}/archive`, query: { path }, what: `look at ${path} of ${where}` })
    return true
  } catch (error) {
    if (refusalOf(error)?.statusCode === 404) return false
    throw error
  }
}
