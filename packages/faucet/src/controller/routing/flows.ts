export { routeFlows, routesTo } from './route-flows.js'
export { vipFlows } from './vip-flows.js'
