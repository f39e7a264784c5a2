// The module that tests import as `@jest/globals`. It has jest's own functions without the rest of jest, which takes a second to start.
export { expect } from "expect";
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from "jest-circus";
