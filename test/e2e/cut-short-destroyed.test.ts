import { testDestroyed } from "../support/cut-short-tests";

testDestroyed(["killed", 0.7], ["power", 0.5]);
