import { describe, expect, it } from 'vitest'
import { entranceSettings } from './entrance-options.js'
import { parseRyuConf } from './ryu-conf.js'

const tls = { 'ctl-privkey': 'key.pem', 'ctl-cert': 'cert.pem' }

describe('entranceSettings', () => {
  it.each([
    [{}, ['ptcp:6653', 'ptcp:6633']],
    [{ 'ofp-listen-host': '127.0.0.1', 'ofp-tcp-listen-port': '0' }, ['ptcp:0:127.0.0.1']],
    [{ 'ofp-listen-host': '::1', 'ofp-tcp-listen-port': '6653' }, ['ptcp:6653:[::1]']],
    [tls, ['pssl:6653', 'pssl:6633']],
    [{ ...tls, 'ofp-ssl-listen-port': '7000' }, ['pssl:7000']],
    [{ ...tls, 'ofp-ssl-listen-port': '7000', 'ofp-tcp-listen-port': '7001' }, ['pssl:7000', 'ptcp:7001']],
    [{ ...tls, 'ofp-tcp-listen-port': '7001' }, ['pssl:6653', 'ptcp:7001']],
  ])('listens for %j', (options, listen) => {
    expect(entranceSettings(options, {}).listen).toEqual(listen)
  })

  it('asks switches for certificates when it knows who signs them', () => {
    expect(entranceSettings(tls, {}).tls).toEqual({ privateKey: 'key.pem', certificate: 'cert.pem', rejectUnauthorized: false })
    expect(entranceSettings({ ...tls, 'ca-certs': 'ca.pem' }, {}).tls).toEqual({ privateKey: 'key.pem', certificate: 'cert.pem', ca: 'ca.pem' })
    expect(entranceSettings({}, {}).tls).toBeUndefined()
  })

  it('dials', () => {
    const { connect } = entranceSettings({ 'ofp-switch-address-list': '127.0.0.1:6653, [::1]:6654' }, {})
    expect(connect).toEqual(['tcp:127.0.0.1:6653', 'tcp:[::1]:6654'])
  })

  it('goes by ryu.conf where the command line is silent', () => {
    const conf = parseRyuConf('# text\n[DEFAULT]\necho_request_interval=3\nmaximum-unreplied-echo-requests : 5 \nofp_tcp_listen_port=7000\n[other]\nofp_listen_host=::\n')
    expect(conf).toEqual({ 'echo-request-interval': '3', 'maximum-unreplied-echo-requests': '5', 'ofp-tcp-listen-port': '7000' })
    expect(entranceSettings({}, conf)).toEqual({
      listen: ['ptcp:7000'], connect: [], tls: undefined, connection: { probeInterval: 3000 },
      ryuConfig: { echo_request_interval: 3, maximum_unreplied_echo_requests: 5 },
    })
    expect(entranceSettings({ 'ofp-tcp-listen-port': '1' }, conf).listen).toEqual(['ptcp:1'])
  })

  it.each([
    [{ 'ofp-listen-host': 'localhost' }, '--ofp-listen-host is localhost'],
    [{ 'ofp-tcp-listen-port': '-1' }, '--ofp-tcp-listen-port is -1'],
    [{ 'ofp-ssl-listen-port': '6653' }, '--ofp-ssl-listen-port needs --ctl-privkey and --ctl-cert'],
    [{ 'ctl-cert': 'cert.pem' }, '--ctl-cert needs --ctl-privkey'],
    [{ 'ctl-privkey': 'key.pem' }, '--ctl-privkey needs --ctl-cert'],
    [{ 'ofp-switch-address-list': '127.0.0.1' }, '--ofp-switch-address-list has 127.0.0.1'],
    [{ 'ofp-switch-address-list': 'host:6653' }, '--ofp-switch-address-list has host:6653'],
  ])('refuses %j', (options, message) => {
    expect(() => entranceSettings(options, {})).toThrow(message)
  })

  it('refuses an interval that is none', () => {
    expect(() => entranceSettings({}, { 'echo-request-interval': 'often' })).toThrow('echo-request-interval in ryu.conf is often')
  })
})
