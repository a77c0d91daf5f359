import { describe, expect, it } from 'vitest'
import { DockerDriverError } from '../errors.js'
import { DriverMetrics } from './driver-metrics.js'
import { sampleEndpoint, sampleNetwork } from './sample.test-support.js'

describe('DriverMetrics', () => {
  it('tells networks as they are, and what has happened', () => {
    const metrics = new DriverMetrics()
    metrics.call({ call: 'NetworkDriver.Join', seconds: 0.004, status: 200, error: undefined })
    metrics.call({ call: 'NetworkDriver.Join', seconds: 0.4, status: 200, error: 'x', cause: new DockerDriverError('conflict', 'x') })
    metrics.call({ call: 'unknown', seconds: 60, status: 404, error: 'x' })
    metrics.reconciliation({ seconds: 0.02, repairs: 3 })
    metrics.reconciliation({ seconds: 0.02, cause: new Error('x') })
    const network = sampleNetwork('a"b', {
      dpid: 255n,
      ports: new Map([['eth1', 1]]),
      endpoints: new Map([sampleEndpoint('con1', 2, { mirror: true, portMappings: [{ protocol: 'tcp', containerPort: 80, hostPort: 80, hostAddress: undefined }] }), sampleEndpoint('con2', 3)]),
    })
    const lines = metrics.print([network], 'dovesnap').split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^streambed_docker_start_time_seconds\{driver="dovesnap"\} \d+/),
        'streambed_docker_networks 1',
        'streambed_docker_network_info{bridge="odsbra\\"b",dpid="0xff",id="a\\"b000000000",mode="flat",network="a\\"b",vlan="100"} 1',
        'streambed_docker_endpoints{bridge="odsbra\\"b",network="a\\"b"} 2',
        'streambed_docker_mirrored_endpoints{bridge="odsbra\\"b",network="a\\"b"} 1',
        'streambed_docker_port_mappings{bridge="odsbra\\"b",network="a\\"b"} 1',
        'streambed_docker_external_ports{bridge="odsbra\\"b",network="a\\"b"} 1',
        'streambed_docker_operations_total{operation="NetworkDriver.Join",outcome="ok"} 1',
        'streambed_docker_operations_total{operation="NetworkDriver.Join",outcome="error"} 1',
        'streambed_docker_operations_total{operation="unknown",outcome="refused"} 1',
        'streambed_docker_operation_seconds_bucket{le="0.005",operation="NetworkDriver.Join"} 1',
        'streambed_docker_operation_seconds_bucket{le="0.5",operation="NetworkDriver.Join"} 2',
        'streambed_docker_operation_seconds_bucket{le="30",operation="unknown"} 0',
        'streambed_docker_operation_seconds_bucket{le="+Inf",operation="unknown"} 1',
        'streambed_docker_operation_seconds_count{operation="NetworkDriver.Join"} 2',
        'streambed_docker_operation_seconds_sum{operation="unknown"} 60',
        'streambed_docker_reconciliations_total{outcome="ok"} 1',
        'streambed_docker_reconciliations_total{outcome="error"} 1',
        'streambed_docker_reconciliation_seconds_count 2',
        'streambed_docker_repairs_total 3',
        'streambed_docker_errors_total{code="conflict"} 1',
        'streambed_docker_errors_total{code="internal"} 1',
      ]),
    )
  })
})
