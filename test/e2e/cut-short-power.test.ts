import { testFinished } from "../support/cut-short-tests";

testFinished("power", 0.6);
