import { describe, expect, it } from 'vitest'
import { parseJson } from '../jsonrpc/json.js'
import { Monitor } from './monitor.js'
import { openVSwitchSchemaText } from './schema/open-vswitch-schema.gen.js'
import type { OpenVSwitch } from './schema/open-vswitch.gen.js'
import { parseSchema } from './schema.js'
import type { RowChange } from './update.js'
import { OvsError } from '../errors.js'

const schema = parseSchema(parseJson(openVSwitchSchemaText))
const id = '01010e57-a2a8-4008-ab23-e08632936a37'
const requests = { Bridge: ['name'], Port: ['name', 'tag'] } as const

function monitor() {
  return new Monitor<OpenVSwitch, typeof requests>({ schema, cancel: () => Promise.resolve() }, requests)
}

describe('Monitor', () => {
  it('keeps the rows and tells listeners of changes, after all of an update are applied', () => {
    const watching = monitor()
    const seen: [RowChange['type'], number][] = []
    const stop = watching.onChange((changes) =>
      seen.push(...changes.map(({ type }) => [type, watching.rows('Port').size] as [RowChange['type'], number])),
    )
    const other = id.replace('0', '1')
    watching.apply('v2', { Port: { [id]: { insert: { name: 'a' } }, [other]: { insert: { name: 'b' } } } })
    watching.apply('v2', { Port: { [id]: { modify: { tag: 5 } } } })
    expect([...watching.rows('Port').values()]).toEqual([
      { name: 'a', tag: 5 },
      { name: 'b', tag: undefined },
    ])
    watching.apply('v2', { Port: { [id]: { delete: null } } })
    stop()
    watching.apply('v2', { Port: { [other]: { delete: null } } })
    expect(seen).toEqual([
      ['insert', 2],
      ['insert', 2],
      ['modify', 2],
      ['delete', 1],
    ])
    expect(watching.rows('Port').size).toBe(0)
  })

  it('until() resolves at once when it is so already, otherwise with the change that makes it so', async () => {
    const watching = monitor()
    expect(await watching.until(() => watching.rows('Port').size)).toBe(0)
    const name = watching.until(() => [...watching.rows('Port').values()][0]?.name)
    watching.apply('v2', { Bridge: { [id]: { insert: { name: 'br0' } } } })
    watching.apply('v2', { Port: { [id]: { insert: { name: 'a' } } } })
    expect(await name).toBe('a')
  })

  it('until() rejects with what its test throws, with its signal, its timeout, and the end of the monitor', async () => {
    const watching = monitor()
    const test = () => {
      throw new Error('broken')
    }
    await expect(watching.until(test)).rejects.toThrow('broken')
    await expect(watching.until(() => undefined, { timeout: 5 })).rejects.toMatchObject({ code: 'timeout' })
    await expect(watching.until(() => undefined, { signal: AbortSignal.abort('why') })).rejects.toMatchObject({
      code: 'aborted',
      cause: 'why',
    })
    const controller = new AbortController()
    const aborted = watching.until(() => undefined, { signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' })
    const ended = watching.until(() => undefined)
    const error = new OvsError('closed', 'gone')
    watching.fail(error)
    await expect(ended).rejects.toBe(error)
    await expect(watching.until(() => 1)).rejects.toBe(error)
  })
})
