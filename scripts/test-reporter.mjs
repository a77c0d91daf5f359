// A vitest reporter that writes what `npm test` sums up. Vitest's own JSON report lacks the reasons of skipped tests.
import { writeFileSync } from 'node:fs'

export default class SummaryReporter {
  onInit(vitest) {
    this.pattern = vitest.config.testNamePattern
  }

  onTestRunEnd(modules, unhandledErrors) {
    const summary = { passed: 0, failed: [], skipped: [] }
    for (const module of modules) this.#module(module, summary)
    for (const error of unhandledErrors) summary.failed.push(`unhandled error: ${error.message}`)
    writeFileSync(process.env.STREAMBED_TEST_SUMMARY, JSON.stringify(summary))
  }

  #module(module, summary) {
    const name = (test) => `${module.relativeModuleId} > ${test.fullName}`
    // A file that does not load and a hook that fails leave tests that never ran.
    if (module.errors().length > 0) summary.failed.push(`${module.relativeModuleId} (the file)`)
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) summary.failed.push(`${name(suite)} (a hook)`)
    }
    for (const test of module.children.allTests()) {
      const { state, note } = test.result()
      if (state === 'passed') summary.passed++
      else if (state === 'skipped') {
        if (this.#wanted(test)) summary.skipped.push({ name: name(test), reason: note ?? 'no reason given' })
      } else summary.failed.push(state === 'failed' ? name(test) : `${name(test)} (never ran)`)
    }
  }

  /** Vitest marks the tests that `-t` leaves out as skipped; nobody wants to hear of those. */
  #wanted(test) {
    return !this.pattern || this.pattern.test(test.task.fullTestName)
  }
}
