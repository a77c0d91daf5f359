import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file) => readFileSync(join(root, file), 'utf8')

/** The documents that people read, relative to the root. */
const documents = ['.', 'docs', 'bench', ...readdirSync(join(root, 'packages')).map((name) => join('packages', name))]
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  .filter((file) => file.endsWith('.md'))

/** Without code, in which brackets mean something else. */
const prose = (file) => read(file).replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '')

/** The anchor that GitHub gives a heading. */
const anchor = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-')

it('the quick start of the README is the example that the tests run', () => {
  const [, code] = /<!-- quick-start:start -->\n```ts\n([\s\S]*?)```\n<!-- quick-start:end -->/.exec(read('README.md')) ?? []
  expect(code).toBe(read('examples/quick-start.ts'))
})

describe('the programs in the documents are the examples that the tests run', () => {
  const embedded = documents.flatMap((file) => {
    const blocks = read(file).matchAll(/<!-- example:(\S+) -->\n```ts\n([\s\S]*?)```\n<!-- \/example -->/g)
    return [...blocks].map(([, name, code]) => ({ file, name, code }))
  })
  it.each(embedded)('$name in $file', ({ name, code }) => expect(code).toBe(read(`examples/${name}`)))
  it('are found', () => expect(embedded.map(({ name }) => name).sort()).toEqual(['openflow-controller.ts', 'ovsdb-replica.ts']))
})

it('the README has a place for the benchmarks', () => {
  expect(read('README.md')).toMatch(/<!-- bench:start -->\n[\s\S]+\n<!-- bench:end -->/)
})

it('the README names every package', () => {
  const readme = read('README.md')
  const names = readdirSync(join(root, 'packages')).map((name) => JSON.parse(read(`packages/${name}/package.json`)).name)
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([])
})

describe('links lead somewhere', () => {
  it.each(documents)('%s', (file) => {
    const broken = [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path, fragment] = target.split('#')
        const found = path === '' ? file : join(dirname(file), path)
        if (!existsSync(join(root, found))) return true
        if (fragment === undefined) return false
        return ![...read(found).matchAll(/^#+ (.+)$/gm)].some(([, heading]) => anchor(heading.replaceAll('`', '')) === fragment)
      })
    expect(broken).toEqual([])
  })
})
