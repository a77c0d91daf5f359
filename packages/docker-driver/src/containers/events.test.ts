import { expect, it } from 'vitest'
import { eventOf } from './events.js'

const line = (action: string, attributes: object = {}): string => JSON.stringify({ status: action, id: 'c1', Type: 'container', Action: action, Actor: { ID: 'c1', Attributes: { name: 'web', ...attributes } }, time: 1763748391 }).replace(/}$/, ',"timeNano":1763748391599172264}')

it('are in our words, with the time to the nanosecond', () => {
  expect(eventOf(line('exec_die', { execID: 'e1', exitCode: '137' }))).toEqual({
    action: 'exec_die', containerId: 'c1', containerName: 'web', exitCode: 137, health: undefined, execId: 'e1', time: new Date(1763748391599), nanoseconds: '1763748391.599172264',
  })
  expect(eventOf(line('health_status: healthy'))).toMatchObject({ action: 'health_status', health: 'healthy' })
  expect(eventOf(line('exec_create: sh -c a: b'))).toMatchObject({ action: 'exec_create', health: undefined })
  expect(eventOf('{')).toBeUndefined()
})

it("are Docker's, also where podman has other words", () => {
  expect(['died', 'remove', 'exec_died', 'cleanup'].map((action) => eventOf(line(action))?.action)).toEqual(['die', 'destroy', 'exec_die', 'cleanup'])
})
