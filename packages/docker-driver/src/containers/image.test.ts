import { expect, it } from 'vitest'
import { parseImage } from './image.js'

it.each([
  ['busybox', 'busybox', 'latest', 'docker.io'],
  ['library/busybox:1.36', 'library/busybox', '1.36', 'docker.io'],
  ['localhost:5000/a/b', 'localhost:5000/a/b', 'latest', 'localhost:5000'],
  ['quay.io/x/y:z', 'quay.io/x/y', 'z', 'quay.io'],
  ['a/b@sha256:00ff', 'a/b', 'sha256:00ff', 'docker.io'],
  ['a/b:tag@sha256:00ff', 'a/b', 'sha256:00ff', 'docker.io'],
])('%s', (reference, name, tag, registry) => {
  expect(parseImage(reference)).toEqual({ name, tag, registry })
})
