/** A scenario of three servers with a word on most parts, to be broken by tests. */
export const smallScenario = `drover: 1
name: small
title: Small
startsAt: 2026-01-05T18:00:00Z
hostModels:
  big: { cores: 8, memoryGiB: 32, nicGbps: 10, watts: { idle: 90, full: 300 } }
  tiny: { cores: 4, memoryGiB: 8 }
hosts:
  - { name: node, title: Node, count: 2, model: big, switch: [rack-1, rack-2] }
  - { name: edge, model: tiny, networks: [br0], switch: rack-2, clockAheadSeconds: 1.5 }
switches:
  - { name: core }
  - { name: rack-1, uplink: { to: core, gbps: 40 }, latencyMs: 0.1 }
  - { name: rack-2, uplink: { to: core, gbps: 40 } }
networks:
  - { name: br0, kind: bridge }
  - { name: default, kind: network }
pools:
  - { name: shared, path: /srv/shared, shared: true, capacityGiB: 100 }
  - { name: local, path: /srv/local, shared: false, capacityGiB: 50, hosts: [node] }
templates:
  debian: { pool: shared, sizeGiB: 10, usedGiB: 2 }
traces:
  office: { percents: [10, 50, 20], every: 5min }
workloads:
  web: { cpu: { kind: diurnal, lowCores: 0.1, highCores: 1, peakHour: 14 }, networkSendMiB: 2 }
  steps: { cpu: { kind: step, cores: 0.5, steps: [{ after: 1min, cores: 2 }, { after: 5min, cores: 1 }] } }
  office: { cpu: { kind: trace, trace: office } }
vms:
  - name: web
    count: 4
    vcpus: { oneOf: [1, 2], weights: [3, 1] }
    memoryGiB: { between: [1, 2] }
    disk: { pool: shared, template: debian, sizeGiB: 12 }
    workload: { oneOf: [web, office] }
    shiftHours: { between: [-3, 3] }
    running: 0.5
  - name: database
    host: node-1
    guest: Rocky Linux 9
    vcpus: 4
    memoryGiB: 8
    disk: { pool: local, sizeGiB: 20, usedGiB: 10 }
    workload: steps
    autostart: true
timeline:
  - { after: 30s, do: surge, vms: [web, database], times: 3, lasts: 2min }
  - { after: 2min, do: power-off, host: node-2 }
  - { after: 1min, do: migrate-vm, vm: database, to: node-2, copyStorage: true }
`;
