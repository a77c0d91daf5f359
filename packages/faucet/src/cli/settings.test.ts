import { describe, expect, it } from 'vitest'
import { faucetSettings, gaugeSettings, type Environment } from './settings.js'

const faucet = (env: Environment, ...files: readonly string[]) => faucetSettings(env, (file) => files.includes(file))

describe('faucetSettings', () => {
  it('has the defaults of Faucet', () => {
    expect(faucet({})).toEqual({
      config: '/etc/faucet/faucet.yaml', statReload: false, log: '/var/log/faucet/faucet.log',
      exceptionLog: '/var/log/faucet/faucet_exception.log', logLevel: 'INFO', autoRevert: false, eventSocket: undefined,
      eventHeartbeat: 0, prometheus: { addr: '0.0.0.0', port: 9302 }, stackRootUpdate: 10,
    })
  })

  it('takes the first configuration that exists', () => {
    expect(faucet({}, '/etc/ryu/faucet/faucet.yaml').config).toBe('/etc/ryu/faucet/faucet.yaml')
    expect(faucet({ FAUCET_CONFIG: '/a:/b:/c' }, '/b', '/c').config).toBe('/b')
    expect(faucet({ FAUCET_CONFIG: '/a:/b' }).config).toBe('/a')
  })

  it.each([
    [undefined, undefined], ['', undefined], ['0', undefined], ['1', '/var/run/faucet/faucet.sock'],
    ['2', '/var/run/faucet/faucet.sock'], ['/tmp/sock', '/tmp/sock'],
  ])('FAUCET_EVENT_SOCK %j is %j', (value, path) => {
    expect(faucet({ FAUCET_EVENT_SOCK: value }).eventSocket).toBe(path)
  })

  it.each([[undefined, false], ['0', false], ['1', true], ['-1', true], ['true', false], ['', false]])('FAUCET_CONFIG_STAT_RELOAD %j is %j', (value, is) => {
    expect(faucet({ FAUCET_CONFIG_STAT_RELOAD: value, FAUCET_CONFIG_AUTO_REVERT: value })).toMatchObject({ statReload: is, autoRevert: is })
  })

  it('takes numbers', () => {
    const env = { FAUCET_PROMETHEUS_PORT: '0', FAUCET_EVENT_SOCK_HEARTBEAT: '15', FAUCET_STACK_ROOT_STATE_UPDATE_TIME: '0' }
    expect(faucet(env)).toMatchObject({ prometheus: { port: 0 }, eventHeartbeat: 15, stackRootUpdate: 0 })
  })

  it.each([
    [{ FAUCET_PROMETHEUS_PORT: '65536' }, 'FAUCET_PROMETHEUS_PORT is 65536: it is a whole number from 0 to 65535'],
    [{ FAUCET_EVENT_SOCK_HEARTBEAT: '1.5' }, 'FAUCET_EVENT_SOCK_HEARTBEAT is 1.5: it is a whole number, 0 or more'],
    [{ FAUCET_LOG_LEVEL: 'loud' }, 'FAUCET_LOG_LEVEL is loud: it is one of DEBUG, INFO, WARNING, ERROR, CRITICAL'],
  ])('refuses %j', (env, message) => {
    expect(() => faucet(env)).toThrow(message)
  })
})

describe('gaugeSettings', () => {
  it('has the defaults of Gauge', () => {
    expect(gaugeSettings({}, () => false)).toEqual({
      config: '/etc/faucet/gauge.yaml', statReload: false, log: '/var/log/faucet/gauge.log',
      exceptionLog: '/var/log/faucet/gauge_exception.log', logLevel: 'INFO', prometheusAddr: '0.0.0.0',
    })
  })
})
