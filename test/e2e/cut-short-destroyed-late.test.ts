import { testDestroyed } from "../support/cut-short-tests";

testDestroyed(["power", 0.9]);
