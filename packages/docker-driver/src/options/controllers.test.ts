import { expect, it } from 'vitest'
import { parseControllers } from './controllers.js'

it('takes what Open vSwitch takes, each once', () => {
  const targets = ['tcp:127.0.0.1:6653', 'tcp:faucet', 'ssl:[fd00::1]:6653', 'tcp:[fd00::1]', 'unix:/run/x.sock', 'punix:/run/y.sock', 'ptcp:', 'ptcp:6653', 'pssl:6653:127.0.0.1', 'ptcp::[::1]']
  expect(parseControllers(targets.join(','))).toEqual(targets)
  expect(parseControllers('tcp:a, tcp:a')).toEqual(['tcp:a'])
  expect(parseControllers('')).toEqual([])
})

it.each(['tcp:', 'tcp', 'udp:127.0.0.1', 'tcp:127.0.0.1:0', 'tcp:127.0.0.1:65536', 'tcp:1.2.3', 'ptcp:99999', 'ptcp:6653:', 'ptcp:6653:1.2.3.4.5', 'unix:run/x', 'tcp:[::1', 'tcp:a:b:1'])('refuses "%s"', (target) => {
  expect(() => parseControllers(target)).toThrow(expect.objectContaining({ code: 'invalid' }))
})
